import userEvent from '@testing-library/user-event'
import { screen, within } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { describe, expect, it, vi } from 'vitest'

import { errorBody } from '@/test/fixtures'
import { draw } from '@/test/mount'
import { review } from '@/test/reviews'
import { server } from '@/test/server'

import ReviewDesk from './ReviewDesk.vue'

/** The desk over a server with these cases; what was asked for and what was decided. */
async function desk(cases = [review('rev_1')]) {
  const states: (string | null)[] = []
  const decisions: unknown[] = []
  server.use(
    http.get('*/v1/reviews', ({ request }) => {
      const state = new URL(request.url).searchParams.get('state')
      states.push(state)
      return HttpResponse.json({ data: cases.filter((one) => one.state === state), waiting: cases.length })
    }),
    http.post('*/v1/reviews/:id/decision', async ({ params, request }) => {
      decisions.push({ id: params.id, ...((await request.json()) as object) })
      return HttpResponse.json({ ...cases[0], state: 'approved' })
    }),
  )
  draw(ReviewDesk)
  await screen.findAllByText(/./)
  return { states, decisions }
}

const click = async (name: string) => userEvent.click(await screen.findByRole('button', { name }))

describe('the review desk', () => {
  it('shows the rule, the place and the stretch that was hit', async () => {
    await desk()
    const shown = await screen.findByRole('article', { name: '待审条目' })
    expect(within(shown).getByText('赌博')).toBeVisible()
    expect(within(shown).getByText('词表 · 回答 · 写成拼音')).toBeVisible()
    expect(within(shown).getByText('duobo', { selector: 'mark' })).toBeVisible()
    expect(within(shown).getByText('等着放行的回答')).toBeVisible()
  })

  it('keeps pictures blurred until they are clicked, and blurs them again', async () => {
    await desk([review('rev_1', { pictures: 2 })])
    const [first, second] = (await screen.findAllByRole('button', { name: '点击查看' })) as [HTMLElement, HTMLElement]
    expect(first).toHaveAttribute('aria-pressed', 'false')
    expect(within(first).getByAltText('第 1 张图')).toHaveAttribute('src', '/v1/reviews/rev_1/pictures/0')
    await userEvent.click(first)
    expect(first).toHaveAttribute('aria-pressed', 'true')
    expect(first).toHaveClass('seen')
    expect(second).not.toHaveClass('seen')
    await userEvent.click(screen.getByRole('button', { name: '重新模糊' }))
    expect(first).not.toHaveClass('seen')
  })

  it.each([
    ['放行', 'approve'],
    ['不放行', 'reject'],
  ])('sends the decision "%s" and takes the case off the desk', async (name, verdict) => {
    const { decisions } = await desk()
    await click(name)
    await vi.waitFor(() => expect(decisions).toEqual([{ id: 'rev_1', verdict }]))
    await vi.waitFor(() => expect(screen.queryByRole('article')).not.toBeInTheDocument())
    expect(screen.getByText('这里没有条目。')).toBeVisible()
  })

  it('lets a reviewer rewrite the answer, and nothing empty be sent', async () => {
    const { decisions } = await desk()
    await click('改写后放行')
    const text = screen.getByRole('textbox', { name: '改写后的回答' })
    expect(text).toHaveValue('等着放行的回答')
    await userEvent.clear(text)
    expect(screen.getByRole('button', { name: '发出' })).toBeDisabled()
    await userEvent.type(text, '换一种说法')
    await click('发出')
    await vi.waitFor(() => expect(decisions).toEqual([{ id: 'rev_1', verdict: 'edit', text: '换一种说法' }]))
  })

  it('says when another reviewer was first, and keeps the case', async () => {
    await desk()
    server.use(
      http.post('*/v1/reviews/:id/decision', () =>
        HttpResponse.json(errorBody('already_decided', { state: 'rejected' }), { status: 409 }),
      ),
    )
    await click('放行')
    expect(await screen.findByRole('alert')).toBeVisible()
    expect(screen.getByRole('article', { name: '待审条目' })).toBeVisible()
  })

  it('lists what was decided, with nothing left to decide', async () => {
    const { states } = await desk([review('rev_2', { decided_by: 'key_1', draft: null }, { state: 'rejected' })])
    await userEvent.click(await screen.findByRole('radio', { name: '未放行' }))
    expect(await screen.findByText('未放行 · key_1')).toBeVisible()
    expect(states).toEqual(['waiting', 'rejected'])
    expect(screen.queryByRole('button', { name: '放行' })).not.toBeInTheDocument()
  })
})
