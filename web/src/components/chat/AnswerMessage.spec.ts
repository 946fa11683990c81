import userEvent from '@testing-library/user-event'
import { screen, within } from '@testing-library/vue'
import { describe, expect, it, vi } from 'vitest'

import { evidence, info, message } from '@/test/fixtures'
import { draw } from '@/test/mount'

import AnswerMessage from './AnswerMessage.vue'

function answer(changes: Record<string, unknown> = {}, text = '😀 合计 **100** 元') {
  const events = { onLook: vi.fn(), onRegenerate: vi.fn(), onShow: vi.fn() }
  const given = message('a1', 'q1', 'assistant', text, {
    wentu: info({ status: 'grounded', evidence: [evidence({ start: 7, end: 10, text: '100' })], unsupported: ['5%'] }),
    ...(changes.message as object | undefined),
  })
  const rest = { versions: [given], live: null, busy: false, ending: undefined, active: null }
  draw(AnswerMessage, { ...rest, ...events, ...changes, message: given })
  return events
}

describe('an answer', () => {
  it('says in words how sure it is, and which figures the picture does not show', () => {
    answer()
    expect(screen.getByText('部分有据')).toBeVisible()
    expect(screen.getByText('5%')).toBeVisible()
    expect(screen.getByText(/图中没有找到这些数字/)).toBeVisible()
  })

  it('shows the box of a marked figure on a click, by mouse and by keyboard', async () => {
    const { onLook } = answer()
    const mark = screen.getByText('100', { selector: 'mark' })
    await userEvent.click(mark)
    expect(onLook).toHaveBeenLastCalledWith(0)
    mark.focus()
    await userEvent.keyboard('{Enter}')
    expect(onLook).toHaveBeenCalledTimes(2)
  })

  it('shows the box when the sentence around the mark is clicked', async () => {
    const { onLook } = answer()
    await userEvent.click(screen.getByText(/合计/, { selector: 'p' }))
    expect(onLook).toHaveBeenCalledExactlyOnceWith(0)
  })

  it('lights the stretch whose box is looked at', () => {
    answer({ active: 0 })
    expect(screen.getByRole('button', { name: '在图上查看依据 1：100' })).toHaveAttribute('aria-pressed', 'true')
  })

  it('tells the stage and the time instead of turning a wheel', () => {
    const live = {
      message: 'a1',
      progress: { stage: 'queued', position: 2, wait_s: 8.2 },
      startedMs: Date.now() - 3_000,
      accepted: true,
    }
    answer({ live, message: { state: 'streaming', wentu: null } }, '')
    expect(screen.getByText('AI 正在思考…')).toBeVisible()
    expect(screen.getByText('正在排队，前面还有 1 个问题 · 大约还要 8 秒')).toBeVisible()
    expect(screen.getByText('3 秒')).toBeVisible()
  })

  it('shows how much of the prompt has been read', () => {
    const live = {
      message: 'a1',
      progress: { stage: 'reading_prompt', fraction: 0.42 },
      startedMs: Date.now(),
      accepted: true,
    }
    answer({ live, message: { state: 'streaming', wentu: null } }, '')
    expect(screen.getByRole('progressbar', { name: '正在读题' })).toHaveAttribute('aria-valuenow', '42')
  })

  it('tells a refusal from a failure, and offers to try again only after a failure', () => {
    answer({
      message: { state: 'failed', wentu: null, error: { code: 'refused', message: 'no', params: { rule: 'words' } } },
    })
    expect(screen.getByRole('alert')).toHaveTextContent('不符合安全规则“words”')
    expect(within(screen.getByRole('alert')).queryByRole('button')).not.toBeInTheDocument()
  })

  it('keeps what had arrived when the connection broke, and asks again on request', async () => {
    const lost = { code: 'connection_lost', message: 'lost' }
    const { onRegenerate } = answer({ message: { state: 'failed', wentu: null, error: lost } }, '写到一半')
    expect(screen.getByText('写到一半')).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: '重试' }))
    expect(onRegenerate).toHaveBeenCalledOnce()
  })

  it('goes from one version to another', async () => {
    const older = message('a0', 'q1', 'assistant', '旧')
    const newer = message('a1', 'q1', 'assistant', '新')
    const { onShow } = answer({ versions: [older, newer] })
    expect(screen.getByRole('group', { name: '第 2 个版本，共 2 个' })).toBeVisible()
    await userEvent.click(screen.getByRole('button', { name: '上一个版本' }))
    expect(onShow).toHaveBeenCalledExactlyOnceWith(older)
    expect(screen.getByRole('button', { name: '下一个版本' })).toBeDisabled()
  })
})
