import type { Chart, ChartPoint, ChartSeries, Table } from '@/api/charts'

import { hasOwnX } from './cells'

/** A change of the table: every function gives a new one and leaves the old as it is. */

/** The part of a chart that is sent back to be computed anew. */
export function tableOf({ type, title, x_label, y_label, unit, x, series }: Chart | Table): Table {
  return { type, title, x_label, y_label, unit, x, series }
}

/** A value in another's place. Its point stays, so that its box and its old reading are not lost. */
export function withValue(table: Table, series: number, index: number, value: number | null): Table {
  return withSeries(table, series, (one) => ({ ...one, values: replaced(one.values, index, value) }))
}

/** Another name for a place, or another x for a point of a scatter chart. */
export function withLabel(table: Table, series: number | null, index: number, label: string): Table {
  if (series === null) return { ...table, x: replaced(table.x, index, label) }
  const x = parseNumber(label)
  return x === null ? table : withSeries(table, series, (one) => ({ ...one, x: replaced(one.x, index, x) }))
}

/** A place more, without values; a scatter chart gets a point beside its last one. */
export function withRow(table: Table, label: string): Table {
  const own = hasOwnX(table)
  const series = table.series.map((one, place) => {
    if (own && place < table.series.length - 1) return one
    const x = own ? [...one.x, one.x.at(-1) ?? 0] : one.x
    return { ...one, x, values: [...one.values, null], points: [...padded(one), null] }
  })
  return { ...table, series, x: own ? table.x : [...table.x, label] }
}

export function withoutRow(table: Table, series: number | null, index: number): Table {
  const cut = <T>(list: readonly T[]) => list.filter((_, place) => place !== index)
  const drop = (one: ChartSeries): ChartSeries => ({
    ...one,
    x: cut(one.x),
    values: cut(one.values),
    points: cut(padded(one)),
  })
  if (series !== null) return withSeries(table, series, drop)
  return { ...table, x: cut(table.x), series: table.series.map((one) => ({ ...drop(one), x: one.x })) }
}

/** The server's answer to a sent table, with what only the picture's reading knows: boxes, old readings, direction. */
export function carriedOver(answer: Chart, sent: Table, before: Chart): Chart {
  const { orientation, stacked, scale, overlay, warnings, id } = before
  const series = answer.series.map((one, place) => ({
    ...one,
    points: one.values.map((_, index) =>
      carried(one.points[index] ?? null, padded(sent.series[place] ?? one)[index] ?? null),
    ),
  }))
  return { ...answer, id, orientation, stacked, scale, overlay, warnings, series }
}

/** A number as a person types it; full-width digits, thousands separators and percent signs are no mistake. */
export function parseNumber(text: string): number | null {
  const plain = text.normalize('NFKC').replace(/[\s,%]/g, '')
  const value = Number(plain)
  return plain === '' || !Number.isFinite(value) ? null : value
}

function carried(now: ChartPoint | null, sent: ChartPoint | null): ChartPoint | null {
  if (!now || !sent) return now
  return { ...now, box: sent.box, readings: sent.readings }
}

function withSeries(table: Table, series: number, change: (one: ChartSeries) => ChartSeries): Table {
  return { ...table, series: table.series.map((one, place) => (place === series ? change(one) : one)) }
}

function replaced<T>(list: readonly T[], index: number, value: T): T[] {
  return list.map((old, place) => (place === index ? value : old))
}

/** The points of a series, one for each value. */
function padded({ values, points }: ChartSeries): (ChartPoint | null)[] {
  return values.map((_, index) => points[index] ?? null)
}
