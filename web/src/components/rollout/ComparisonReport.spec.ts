import userEvent from '@testing-library/user-event'
import { screen } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { describe, expect, it, vi } from 'vitest'

import { draw } from '@/test/mount'
import { server } from '@/test/server'

import ComparisonReport from './ComparisonReport.vue'

const interval = (estimate: number, low: number, high: number) => ({ estimate, low, high })
const row = (name: string, n: number, difference: ReturnType<typeof interval>) => ({
  name,
  n,
  sessions: n,
  stable: interval(0.9, 0.8, 0.95),
  candidate: interval(0.7, 0.6, 0.8),
  difference,
})

function show(n: number): string[] {
  const asked: string[] = []
  const report = {
    overall: row('all', n, interval(-0.2, -0.3, -0.1)),
    scenarios: [row('invoice', n, interval(-0.2, -0.3, -0.1))],
    verdict: 'worse',
  }
  server.use(
    http.get('*/v1/rollout/report', ({ request }) => {
      asked.push(new URL(request.url).search)
      return request.url.includes('format') ? new HttpResponse('a,b') : HttpResponse.json({ report })
    }),
  )
  draw(ComparisonReport, { versions: ['old', 'new', 'other'], stable: 'old', tried: 'new' })
  return asked
}

describe('the comparison of two versions', () => {
  it('says the verdict and shows a line a scenario with its interval', async () => {
    show(40)
    expect(await screen.findByText('候选版本更差')).toBeTruthy()
    expect(screen.getByText('invoice · 40')).toBeTruthy()
    expect(screen.getAllByText('-20.0% (-30.0% … -10.0%)')).toHaveLength(2)
  })

  it('says how to get answers to compare where there are none', async () => {
    show(0)
    expect(await screen.findByText(/wentu rollout replay。$/)).toBeTruthy()
  })

  it('compares with the version that is chosen, and hands its table over as a file', async () => {
    const asked = show(40)
    const saved = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined)
    URL.createObjectURL = vi.fn(() => 'blob:1')
    URL.revokeObjectURL = vi.fn()
    await screen.findByText('候选版本更差')
    await userEvent.selectOptions(screen.getByRole('combobox'), 'other')
    await userEvent.click(screen.getByRole('button', { name: '下载表格（CSV）' }))
    await vi.waitFor(() => expect(saved).toHaveBeenCalledOnce())
    expect(asked.at(-1)).toBe('?candidate=other&format=csv&download=true')
  })
})
