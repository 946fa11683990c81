import { screen } from '@testing-library/vue'
import { describe, expect, it } from 'vitest'

import { draw } from '@/test/mount'

import type { Section } from './section'
import SectionList from './SectionList.vue'

const chat: Section = { id: 'chat', path: '/', icon: 'i' as never }
const other: Section = { ...chat, path: '/other' }

describe('the sections', () => {
  it('are not shown where there is only one', () => {
    draw(SectionList, { sections: [chat], path: '/' })
    expect(screen.queryByRole('list')).toBeNull()
  })

  it.each([
    ['/s/ses_1', 0],
    ['/other/2', 1],
  ])('mark the one that %s belongs to', (path, index) => {
    draw(SectionList, { sections: [chat, other], path })
    const links = screen.getAllByRole('listitem').map(({ firstElementChild }) => firstElementChild)
    expect(links.map((link) => link?.getAttribute('aria-current'))).toEqual(
      index === 0 ? ['page', null] : [null, 'page'],
    )
  })
})
