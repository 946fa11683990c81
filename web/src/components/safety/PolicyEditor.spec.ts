import userEvent from '@testing-library/user-event'
import { fireEvent, screen } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { describe, expect, it, vi } from 'vitest'

import { errorBody } from '@/test/fixtures'
import { draw } from '@/test/mount'
import { effect } from '@/test/reviews'
import { server } from '@/test/server'

import PolicyEditor from './PolicyEditor.vue'

/** The editor over a server whose second policy is in force; what was tried and what was published. */
async function editor(found = effect()) {
  const tried: unknown[] = []
  const published: unknown[] = []
  let version = 2
  server.use(
    http.get('*/v1/policies', () => HttpResponse.json({ in_force: version, versions: [version, 1, 0] })),
    http.get('*/v1/policies/:version', () => HttpResponse.json({ version, in_force: true, policy: { words: [] } })),
    http.post('*/v1/policies/dry-run', async ({ request }) => {
      tried.push(((await request.json()) as { policy: unknown }).policy)
      return HttpResponse.json(found)
    }),
    http.post('*/v1/policies', async ({ request }) => {
      published.push(((await request.json()) as { policy: unknown }).policy)
      return HttpResponse.json({ version: ++version, in_force: true, policy: {} }, { status: 201 })
    }),
  )
  draw(PolicyEditor)
  expect(await screen.findByText('正在使用第 2 版策略。')).toBeVisible()
  return { tried, published, text: screen.getByRole('textbox', { name: '策略' }) }
}

const TRY = { name: '试算影响' }
const PUBLISH = { name: '发布，立即生效' }

describe('the policy page', () => {
  it('publishes only what was tried, and shows its effect before', async () => {
    const { tried, published, text } = await editor()
    await fireEvent.update(text, '{"words": [{"text": "赌场"}]}')
    expect(screen.queryByRole('button', PUBLISH)).not.toBeInTheDocument()
    await userEvent.click(screen.getByRole('button', TRY))
    expect(await screen.findByText('对最近 120 条问答的影响')).toBeVisible()
    expect(screen.getByText('赌博 3 · 自定义 2')).toBeVisible()
    expect(screen.getByText('赌场', { selector: 'mark' })).toBeVisible()
    expect(published).toEqual([])
    await userEvent.click(screen.getByRole('button', PUBLISH))
    expect(await screen.findByText('正在使用第 3 版策略。')).toBeVisible()
    expect(published).toEqual(tried)
  })

  it('forgets the effect when the policy is changed after it was tried', async () => {
    const { text } = await editor()
    await userEvent.click(screen.getByRole('button', TRY))
    await screen.findByRole('button', PUBLISH)
    await fireEvent.update(text, '{"words": [{"text": "别的"}]}')
    expect(screen.queryByRole('button', PUBLISH)).not.toBeInTheDocument()
    expect(screen.queryByText('对最近 120 条问答的影响')).not.toBeInTheDocument()
  })

  it('lets nobody type before the policy in force is there, which would overwrite it', async () => {
    let arrive = (): void => undefined
    const arrived = new Promise<void>((resolve) => (arrive = resolve))
    server.use(
      http.get('*/v1/policies', () => HttpResponse.json({ in_force: 2, versions: [2, 1, 0] })),
      http.get('*/v1/policies/:version', async () => {
        await arrived
        return HttpResponse.json({ version: 2, in_force: true, policy: { words: [] } })
      }),
    )
    draw(PolicyEditor)
    const text = screen.getByRole('textbox', { name: '策略' })
    await vi.waitFor(() => expect(text).toHaveAttribute('readonly'))
    arrive()
    await screen.findByText('正在使用第 2 版策略。')
    expect(text).not.toHaveAttribute('readonly')
    await userEvent.clear(text)
    await userEvent.type(text, '[[]')
    expect(text).toHaveValue('[]')
  })

  it('says that a text is not JSON yet, and does not send it', async () => {
    const { text } = await editor()
    await fireEvent.update(text, '{"words": [')
    expect(screen.getByText('这还不是完整的 JSON。')).toBeVisible()
    expect(screen.getByRole('button', TRY)).toBeDisabled()
  })

  it('names the field of a policy that is wrong', async () => {
    const { published } = await editor()
    server.use(
      http.post('*/v1/policies/dry-run', () =>
        HttpResponse.json(errorBody('bad_policy', { field: 'words.0.severity' }), { status: 400 }),
      ),
    )
    await userEvent.click(screen.getByRole('button', TRY))
    await vi.waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent('words.0.severity'))
    expect(published).toEqual([])
  })

  it('says when a classifier of the deployment’s own was not asked', async () => {
    await editor(effect({ meaning: false }))
    await userEvent.click(screen.getByRole('button', TRY))
    expect(await screen.findByText(/wentu policy try/)).toBeVisible()
  })
})
