import { describe, expect, it } from 'vitest'

import { chart, point, series } from '@/test/charts'

import { cellsOf, rowsOf } from './cells'
import { asCsv } from './csv'
import { carriedOver, parseNumber, tableOf, withLabel, withoutRow, withRow, withValue } from './edit'

const two = tableOf(chart({ series: [series('甲', [10, 20, 30]), series('乙', [1, null, 3])] }))
const dots = tableOf(
  chart({ type: 'scatter', x: [], series: [series('a', [1, 2], { x: [0.5, 1.5] }), series('b', [3], { x: [9] })] }),
)

describe('the table of a chart', () => {
  it('counts its cells series by series, so that row, point and box share a number', () => {
    expect(cellsOf(two).map(({ series: one, index, number }) => [one, index, number])).toEqual([
      [0, 0, 0],
      [0, 1, 1],
      [0, 2, 2],
      [1, 0, 3],
      [1, 1, 4],
      [1, 2, 5],
    ])
    expect(rowsOf(two)[1]).toMatchObject({ label: '2月', cells: [{ number: 1 }, { number: 4, value: null }] })
  })

  it('has a row for each point where series have places of their own', () => {
    expect(rowsOf(dots).map(({ label, series: one }) => [one, label])).toEqual([
      [0, '0.5'],
      [0, '1.5'],
      [1, '9'],
    ])
  })

  it('takes a value, a name and a row, and leaves the old table as it is', () => {
    const before = JSON.stringify(two)
    expect(withValue(two, 1, 1, 2).series[1]?.values).toEqual([1, 2, 3])
    expect(withLabel(two, null, 0, '一月').x).toEqual(['一月', '2月', '3月'])
    expect(withLabel(dots, 0, 1, '2.5').series[0]?.x).toEqual([0.5, 2.5])
    expect(withLabel(dots, 0, 1, '多')).toBe(dots)
    expect(withoutRow(two, null, 0)).toMatchObject({ x: ['2月', '3月'], series: [{ values: [20, 30] }, {}] })
    expect(withoutRow(dots, 0, 0).series.map(({ x }) => x)).toEqual([[1.5], [9]])
    const longer = withRow(two, '4月')
    expect(longer.x.at(-1)).toBe('4月')
    expect(longer.series.every(({ values, points }) => values.length === 4 && points.length === 4)).toBe(true)
    expect(withRow(dots, '').series.map(({ x, values }) => [x.length, values.length])).toEqual([
      [2, 2],
      [2, 2],
    ])
    expect(JSON.stringify(two)).toBe(before)
  })

  it.each([
    ['1,200.5', 1200.5],
    ['１２', 12],
    [' 35 % ', 35],
    ['-3e2', -300],
    ['', null],
    ['十二', null],
  ])('reads %j as %j', (text, value) => expect(parseNumber(text)).toBe(value))

  it('keeps box and old reading of a corrected value, and what only the picture can say', () => {
    const before = chart({ orientation: 'horizontal', warnings: ['values_missing'] })
    const sent = withValue(tableOf(before), 0, 1, 25)
    const given = point(25, { source: 'given', error: 0, box: null, readings: {} })
    const answer = chart({
      id: 'job_2',
      overlay: null,
      series: [series('甲', [10, 25, 30], { points: [null, given] })],
    })
    const after = carriedOver(answer, sent, before)
    expect(after.series[0]?.points[1]).toMatchObject({ value: 25, source: 'given', readings: { pixel: 20 } })
    expect(after.series[0]?.points[1]?.box).toEqual([20, 0, 30, 20])
    expect(after).toMatchObject({ orientation: 'horizontal', overlay: 0.9, warnings: ['values_missing'] })
  })
})

describe('the table as CSV', () => {
  it('has values, errors and sources, and no text that a spreadsheet would run', () => {
    const table = { ...two, x: ['=1+1', 'a,"b"', '-5'] }
    expect(asCsv(table).split('\r\n')).toEqual([
      '\uFEFF月份,甲,甲 ±,甲 source,乙,乙 ±,乙 source',
      "'=1+1,10,0.5,pixel,1,0.5,pixel",
      '"a,""b""",20,0.5,pixel,,,',
      '-5,30,0.5,pixel,3,0.5,pixel',
      '',
    ])
  })

  it('names the series of each point where they have their own places', () => {
    expect(asCsv(dots).split('\r\n').slice(1, 4)).toEqual(['a,0.5,1,0.5,pixel', 'a,1.5,2,0.5,pixel', 'b,9,3,0.5,pixel'])
  })
})
