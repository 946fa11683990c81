import { screen } from '@testing-library/vue'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'

import { useAnnouncer } from '@/composables/useAnnouncer'
import { useTour } from '@/stores/tour'
import { draw } from '@/test/mount'

import { STEPS } from './steps'
import TourStrip from './TourStrip.vue'

describe('the tour', () => {
  it('says each step, also to those who do not see it, and is over for good once it was ended', async () => {
    await draw(TourStrip)
    const { spoken } = useAnnouncer()
    for (let n = 2; n <= STEPS.length; n++) {
      await userEvent.click(screen.getByRole('button', { name: '下一步' }))
      expect(screen.getByText(new RegExp(`${String(n)} / ${String(STEPS.length)}`))).toBeVisible()
      expect(spoken.value).toContain(screen.getByRole('heading').textContent)
    }
    expect(screen.queryByRole('button', { name: '下一步' })).toBeNull()
    await userEvent.click(screen.getByRole('button', { name: '上一步' }))
    await userEvent.click(screen.getByRole('button', { name: '结束导览' }))
    expect(useTour().running).toBe(false)
    expect(localStorage.getItem('wentu.tour')).toBe('seen')
  })
})
