import userEvent from '@testing-library/user-event'
import { fireEvent, screen } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { describe, expect, it, vi } from 'vitest'

import { useUploads } from '@/composables/useUploads'
import { errorBody } from '@/test/fixtures'
import { draw, scoped } from '@/test/mount'
import { server } from '@/test/server'

import QuestionBox from './QuestionBox.vue'

function box(props: Record<string, unknown> = {}) {
  const ask = vi.fn()
  const stop = vi.fn()
  const uploads = scoped(() => useUploads(() => ({ maxBytes: 1_000, maxPictures: 8, used: 0 })))
  const given = {
    modelValue: '多少钱?',
    uploads,
    pictures: ['pic_1'],
    sees: false,
    answering: false,
    waiting: false,
    ...props,
  }
  draw(QuestionBox, { ...given, onAsk: ask, onStop: stop })
  return { ask, stop, uploads, input: screen.getByRole('textbox', { name: '你的问题' }) }
}

describe('the question box', () => {
  it('asks with Enter', async () => {
    const { ask, input } = box()
    await fireEvent.keyDown(input, { key: 'Enter' })
    expect(ask).toHaveBeenCalledOnce()
  })

  it('starts a new line with Shift and Enter', async () => {
    const { ask, input } = box()
    await fireEvent.keyDown(input, { key: 'Enter', shiftKey: true })
    expect(ask).not.toHaveBeenCalled()
  })

  it('leaves the Enter that picks a candidate to the input method', async () => {
    const { ask, input } = box()
    await fireEvent.keyDown(input, { key: 'Enter', isComposing: true })
    // Safari: the composition has ended, only the key code still tells.
    await fireEvent.keyDown(input, { key: 'Enter', keyCode: 229 })
    expect(ask).not.toHaveBeenCalled()
  })

  it('asks nothing while the box is empty or only blank', async () => {
    const { ask, input } = box({ modelValue: '  \n' })
    await fireEvent.keyDown(input, { key: 'Enter' })
    expect(ask).not.toHaveBeenCalled()
    expect(screen.getByRole('button', { name: '提问' })).toBeDisabled()
  })

  it('offers to stop while an answer is on its way, and does not ask a second time', async () => {
    const { ask, stop, input } = box({ answering: true })
    await fireEvent.keyDown(input, { key: 'Enter' })
    await userEvent.click(screen.getByRole('button', { name: '停止' }))
    expect(stop).toHaveBeenCalledOnce()
    expect(ask).not.toHaveBeenCalled()
  })

  it('shows a refused file with its reason, and takes it away on request', async () => {
    const refusal = errorBody('unsupported_format', { rule: 'format', kind: 'SVG' })
    server.use(http.post('*/v1/pictures', () => HttpResponse.json(refusal, { status: 415 })))
    box()
    const input = screen.getByLabelText('添加图片或 PDF', { selector: 'input' })
    await userEvent.upload(input, new File(['<svg/>'], 'logo.svg', { type: 'image/svg+xml' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('没有放入 不支持 SVG 文件。')
    await userEvent.click(screen.getByRole('button', { name: '移除 logo.svg' }))
    expect(screen.queryByRole('alert')).not.toBeInTheDocument()
  })
})
