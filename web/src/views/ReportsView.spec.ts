import { screen, within } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'

import type { Reports } from '@/api/reports'
import type { Status } from '@/api/types'
import { useServer } from '@/stores/server'
import { draw } from '@/test/mount'
import { server } from '@/test/server'

import ReportsView from './ReportsView.vue'

// jsdom has no sizes to draw in.
vi.mock('@/charts/echarts', () => ({ init: () => ({ setOption: vi.fn(), resize: vi.fn(), dispose: vi.fn() }) }))

const NOTHING: Reports = { bench: null, documents: null, charts: null, support: null }
const MEASURED: Reports = {
  ...NOTHING,
  bench: {
    made_at: 1_790_000_000,
    release: '1.2.3',
    machine: {
      system: 'Linux',
      processor: 'Four Cores',
      cores_physical: 4,
      cores_allowed: 4,
      memory_bytes: null,
      features: [],
    },
    found: {
      engines: {
        openvino: { decode_tokens_per_s: 17.256, convert_s: null },
        transformers: { decode_tokens_per_s: 6, convert_s: null },
      },
      models: { openvino: 'random', transformers: 'random' },
      versions: { openvino: '2026.4' },
      random: true,
      runs: 3,
    },
  },
}

async function open(role: Status['role'], reports: Reports): Promise<{ asked: number }> {
  const seen = { asked: 0 }
  server.use(
    http.get('*/v1/reports', () => {
      seen.asked++
      return HttpResponse.json(reports)
    }),
  )
  draw(ReportsView)
  useServer().status = { role } as Status
  await nextTick()
  return seen
}

describe('what was measured here', () => {
  it('stands beside its peers, with the machine, and without what nobody measured', async () => {
    await open('admin', MEASURED)
    const table = within(await screen.findByRole('region', { name: '全部数字' }))
    expect(table.getAllByRole('columnheader').map((one) => one.textContent)).toEqual([
      '指标',
      'openvino (random)',
      'transformers (random)',
    ])
    expect(table.getByText('写字（词元/秒）').closest('tr')).toHaveTextContent('写字（词元/秒）17.36')
    expect(table.queryByText('转换权重（秒）')).toBeNull()
    expect(screen.getByText(/Four Cores（4 核），问图 1.2.3/)).toBeVisible()
    expect(screen.getByText(/^用随机权重测得/)).toBeVisible()
    expect(screen.getByLabelText(/写字速度/)).toBeInTheDocument()
  })

  it('names the command where nothing was measured', async () => {
    await open('admin', NOTHING)
    expect(await screen.findByText('wentu selftest')).toBeVisible()
    expect(screen.getAllByText(/这里还没有测过/)).toHaveLength(4)
  })

  it('is neither shown to others nor asked for', async () => {
    const seen = await open('user', NOTHING)
    expect(screen.getByText(/只对管理员开放/)).toBeVisible()
    expect(seen.asked).toBe(0)
  })
})
