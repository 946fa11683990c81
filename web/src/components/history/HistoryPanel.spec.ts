import userEvent from '@testing-library/user-event'
import { screen } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { describe, expect, it, vi } from 'vitest'

import { useHistory } from '@/stores/history'
import { errorBody, session } from '@/test/fixtures'
import { draw } from '@/test/mount'
import { server } from '@/test/server'

import HistoryPanel from './HistoryPanel.vue'

/** The panel over a server that has two conversations and keeps what is searched for. */
async function panel(events: Record<string, unknown> = {}) {
  const searched: (string | null)[] = []
  const now = Date.now() / 1000
  const kept = [
    session('ses_1', { title: '收据一张', updated_at: now }),
    session('ses_2', { title: '发票', updated_at: now - 40 * 86_400 }),
  ]
  server.use(
    http.get('*/v1/sessions', ({ request }) => {
      const query = new URL(request.url).searchParams.get('query')
      searched.push(query)
      return HttpResponse.json({ data: kept.filter(({ title }) => title.includes(query ?? '')), has_more: false })
    }),
  )
  draw(HistoryPanel, { current: 'ses_1', ...events })
  await useHistory().load()
  return { searched, kept }
}

const menu = async (title: string, item: string) => {
  await userEvent.click(await screen.findByRole('button', { name: `“${title}”的操作` }))
  await userEvent.click(await screen.findByRole('menuitem', { name: item }))
}

describe('the history', () => {
  it('groups conversations by age', async () => {
    await panel()
    expect(await screen.findByRole('heading', { name: '今天' })).toBeVisible()
    expect(screen.getByRole('heading', { name: '更早' })).toBeVisible()
  })

  it('has the server search titles and messages', async () => {
    const { searched } = await panel()
    await userEvent.type(screen.getByRole('searchbox', { name: '搜索对话' }), '没有的')
    expect(await screen.findByText('没有找到“没有的”。')).toBeVisible()
    expect(searched.at(-1)).toBe('没有的')
  })

  it('deletes only after a confirmation', async () => {
    const deleted: string[] = []
    const removed = vi.fn()
    server.use(
      http.delete('*/v1/sessions/:id', ({ params }) => {
        deleted.push(String(params.id))
        return new HttpResponse(null, { status: 204 })
      }),
    )
    await panel({ onRemoved: removed })
    await menu('收据一张', '删除')
    expect(await screen.findByRole('alertdialog')).toHaveTextContent('收据一张')
    expect(deleted).toEqual([])
    await userEvent.click(screen.getByRole('button', { name: '删除' }))
    await vi.waitFor(() => expect(removed).toHaveBeenCalledExactlyOnceWith('ses_1'))
    expect(deleted).toEqual(['ses_1'])
    expect(screen.queryByRole('button', { name: '“收据一张”的操作' })).not.toBeInTheDocument()
  })

  it('deletes nothing when the question is answered with no', async () => {
    await panel()
    await menu('收据一张', '删除')
    await userEvent.click(await screen.findByRole('button', { name: '取消' }))
    expect(screen.getByRole('button', { name: '“收据一张”的操作' })).toBeInTheDocument()
  })

  it('renames with Enter and keeps the old name with Escape', async () => {
    const titles: unknown[] = []
    server.use(
      http.patch('*/v1/sessions/ses_1', async ({ request }) => {
        titles.push(await request.json())
        return HttpResponse.json(session('ses_1', { title: '早餐', updated_at: Date.now() / 1000 }))
      }),
    )
    await panel()
    await menu('收据一张', '重命名')
    const name = await screen.findByRole('textbox', { name: '对话名称' })
    await userEvent.clear(name)
    await userEvent.type(name, '早餐{Enter}')
    expect(await screen.findByRole('button', { name: '“早餐”的操作' })).toBeInTheDocument()
    expect(titles).toEqual([{ title: '早餐' }])

    await menu('早餐', '重命名')
    await userEvent.type(await screen.findByRole('textbox', { name: '对话名称' }), 'x{Escape}')
    expect(titles).toHaveLength(1)
  })

  it('says why the list is not there, and fetches it again on request', async () => {
    server.use(
      http.get('*/v1/sessions', () =>
        HttpResponse.json(errorBody('internal_error', { reference: 'r7' }), { status: 500 }),
      ),
    )
    draw(HistoryPanel, { current: null })
    await useHistory().load()
    expect(await screen.findByRole('alert')).toHaveTextContent('服务器出错了（编号 r7）。')
    server.use(http.get('*/v1/sessions', () => HttpResponse.json({ data: [], has_more: false })))
    await userEvent.click(screen.getByRole('button', { name: '重试' }))
    expect(await screen.findByText(/还没有对话/)).toBeVisible()
  })
})
