import { screen } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { beforeEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'

import type { Status } from '@/api/types'
import { useServer } from '@/stores/server'
import { draw } from '@/test/mount'
import { server } from '@/test/server'

import SafetyView from './SafetyView.vue'

async function open(role: Status['role']) {
  draw(SafetyView)
  useServer().status = { role } as Status
  await nextTick()
}

beforeEach(() => server.use(http.get('*/v1/reviews', () => HttpResponse.json({ data: [], waiting: 0 }))))

describe('review and policy', () => {
  it('are closed to users', async () => {
    await open('user')
    expect(screen.getByText('审核台需要坐席或管理员的密钥。')).toBeVisible()
    expect(screen.queryByRole('radio')).not.toBeInTheDocument()
  })

  it('give an agent the desk, and the policy to administrators alone', async () => {
    await open('agent')
    expect(await screen.findByText('这里没有条目。')).toBeVisible()
    expect(screen.queryByRole('radio', { name: '策略' })).not.toBeInTheDocument()
  })

  it('give an administrator both', async () => {
    await open('admin')
    expect(screen.getByRole('radio', { name: '策略' })).toBeVisible()
    expect(await screen.findByText('这里没有条目。')).toBeVisible()
  })
})
