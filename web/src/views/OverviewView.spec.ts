import { screen, within } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'
import { nextTick } from 'vue'

import type { Overview } from '@/api/overview'
import type { Status } from '@/api/types'
import { useServer } from '@/stores/server'
import { draw } from '@/test/mount'
import { server } from '@/test/server'

import OverviewView from './OverviewView.vue'

const WELL: Overview = {
  release: '1.2.3',
  notices: [],
  queue: { up: true, waiting: 3, running: 2, bound: 64, workers: 1, expected_wait_s: 4.25 },
  versions: [
    {
      name: 'qwen-int4',
      engine: 'openvino',
      state: 'ready',
      stable: true,
      memory_bytes: 3 * 1000 ** 3,
      error: null,
      answers: 1234,
      first_token_s: 2.04,
      answer_s: 12.6,
      tokens_per_s: 17.25,
    },
  ],
  ended: { done: 1200, engine_timeout: 34 },
  refused: 5,
  restarts: 0,
  reviews_waiting: 2,
  cases_waiting: 0,
  storage: {
    disk_free_bytes: 50 * 1000 ** 3,
    disk_bytes: 100 * 1000 ** 3,
    pictures: 7,
    picture_bytes: 2_500_000,
    sessions: 3,
    messages: 12,
  },
  keys: [{ id: 'key_1', name: '前台', role: 'agent', created_at: 1_790_000_000, revoked: true }],
}

async function open(role: Status['role'], overview: Overview = WELL): Promise<{ asked: number }> {
  const seen = { asked: 0 }
  server.use(
    http.get('*/v1/overview', () => {
      seen.asked += 1
      return HttpResponse.json(overview)
    }),
  )
  draw(OverviewView)
  useServer().status = { role } as Status
  await nextTick()
  return seen
}

/** The link to a section; a test has no router, so it is a stand-in with the same address. */
const linked = (to: string): Element | null => document.querySelector(`router-link-stub[to="${to}"]`)

describe('the overview', () => {
  it('is for administrators, and asks for nothing where somebody else looks', async () => {
    const seen = await open('agent')
    expect(screen.getByText('总览只对管理员开放。请在设置里换一个密钥。')).toBeVisible()
    expect(seen.asked).toBe(0)
  })

  it('says how the queue, the versions and the storage are', async () => {
    await open('admin')
    expect(await screen.findByText('一切正常，没有需要处理的事。')).toBeVisible()
    expect(screen.getByText('3 / 64')).toBeVisible()
    expect(screen.getByText('4.3 秒')).toBeVisible()
    const row = screen.getByRole('row', { name: /qwen-int4/ })
    for (const text of ['qwen-int4 (正式)', '已装载', '3.0 GB', '1,234', '2.0 秒', '13 秒', '17.3'])
      expect(within(row).getByText(text)).toBeVisible()
    expect(screen.getByText('50 GB（共 100 GB）')).toBeVisible()
    expect(within(screen.getByRole('row', { name: /前台/ })).getByText('已停用')).toBeVisible()
  })

  it('leads to what waits for people, and counts what was not answered', async () => {
    await open('admin')
    expect(await screen.findByText('待审核')).toBeVisible()
    expect(linked('/review')).not.toBeNull()
    expect(screen.getByText('没有答成').nextElementSibling).toHaveTextContent('34')
  })

  it('tells what needs a person', async () => {
    await open('admin', { ...WELL, notices: ['version_failed', 'disk_low', 'open_on_loopback'] })
    expect(await screen.findByText(/磁盘快满了/)).toBeVisible()
    expect(linked('/versions')).not.toBeNull()
    expect(screen.queryByText(/一切正常/)).not.toBeInTheDocument()
  })
})
