import userEvent from '@testing-library/user-event'
import { screen } from '@testing-library/vue'
import { describe, expect, it, vi } from 'vitest'

import type { Table } from '@/api/charts'
import { tableOf } from '@/charts/edit'
import { chart, point, series } from '@/test/charts'
import { draw } from '@/test/mount'

import ChartTable from './ChartTable.vue'

function show(table: Table = tableOf(chart()), lit: number | null = null) {
  const events = { onPick: vi.fn(), onPoint: vi.fn(), onChange: vi.fn<(table: Table) => void>() }
  draw(ChartTable, { table, lit, ...events })
  return events
}

const value = (name: string) => screen.getByRole('textbox', { name })

describe('the table of a read chart', () => {
  it('shows each value with its error and its source, and the other reading', () => {
    const read = point(20, { error: 3, source: 'label', readings: { label: 20, pixel: 23 }, disagree: true })
    show(tableOf(chart({ series: [series('甲', [20], { points: [read] })], x: ['1月'] })))
    expect(screen.getByText(/± 3/).closest('td')).toHaveTextContent('± 3 · 图上标注 像素测量 23')
    expect(value('1月 甲').closest('td')).toHaveClass('doubtful')
  })

  it('marks nothing where what is printed and what was measured agree', () => {
    const read = point(0.4, { error: 0.05, source: 'label', readings: { label: 0.4, pixel: 0.41 } })
    show(tableOf(chart({ series: [series('甲', [0.4], { points: [read] })], x: ['1月'] })))
    expect(screen.getByText(/± 0.05/).closest('td')).toHaveTextContent('± 0.05 · 图上标注 像素测量 0.41')
    expect(value('1月 甲').closest('td')).not.toHaveClass('doubtful')
  })

  it('tells a correction, and takes back what is no number', async () => {
    const { onChange } = show()
    await userEvent.clear(value('2月 甲'))
    await userEvent.type(value('2月 甲'), '2５.5{Tab}')
    expect(onChange.mock.calls[0]?.[0].series[0]?.values).toEqual([10, 25.5, 30])
    await userEvent.clear(value('3月 甲'))
    await userEvent.type(value('3月 甲'), '很多{Tab}')
    expect(onChange).toHaveBeenCalledTimes(1)
    expect(value('3月 甲')).toHaveValue('30')
  })

  it('leads from a cell to its point and its box, by keyboard and by pointer', async () => {
    const { onPick, onPoint } = show(tableOf(chart()), 1)
    expect(value('2月 甲').closest('tr')).toHaveClass('lit')
    value('3月 甲').focus()
    expect(onPick).toHaveBeenCalledWith(2)
    await userEvent.hover(value('1月 甲'))
    expect(onPoint).toHaveBeenCalledWith(0)
  })

  it('loses and wins rows', async () => {
    const { onChange } = show()
    await userEvent.click(screen.getByRole('button', { name: '删除“1月”这一行' }))
    await userEvent.click(screen.getByRole('button', { name: '加一行' }))
    expect(onChange.mock.calls.map(([{ x }]) => x)).toEqual([
      ['2月', '3月'],
      ['1月', '2月', '3月', '第 4 项'],
    ])
  })
})
