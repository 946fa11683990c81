import userEvent from '@testing-library/user-event'
import { screen, within } from '@testing-library/vue'
import { describe, expect, it, vi } from 'vitest'

import { draw } from '@/test/mount'

import ReleaseList from './ReleaseList.vue'

function show(kind: string, candidates: string[], mode = 'off') {
  const events = { onCanary: vi.fn(), onPromote: vi.fn() }
  const names = { stable: '3', candidate: null, previous: '2', mode }
  draw(ReleaseList, { kind, candidates, names, busy: false, ...events })
  return events
}

const line = (name: string): HTMLElement => screen.getByText(name).closest('li') ?? document.body

describe('policies and knowledge bases', () => {
  it('lets any policy be tried, or put in force at once', async () => {
    const { onCanary, onPromote } = show('policy', ['2', '0'])
    await userEvent.click(screen.getByRole('checkbox'))
    await userEvent.click(within(line('第 2 版策略')).getByRole('button', { name: '在 10% 的会话上试用' }))
    expect(onCanary).toHaveBeenCalledWith('2', true)
    await userEvent.click(within(line('自带策略')).getByRole('button', { name: '立即启用' }))
    expect(onPromote).toHaveBeenCalledWith('0')
  })

  it('lets only the copy of a knowledge base be tried', () => {
    show('knowledge', ['4.3f9a1c20', '2'])
    expect(screen.getAllByRole('button', { name: '在 10% 的会话上试用' })).toHaveLength(1)
    expect(within(line('知识库版本 2')).getByText('上一个')).toBeTruthy()
  })

  it('offers nothing while one is being tried', () => {
    show('policy', ['2'], 'canary')
    expect(screen.queryByRole('button')).toBeNull()
  })
})
