import type { Chart, ChartPoint, Table } from '@/api/charts'

/** One value of the table. `number` counts all cells, series by series: row, point and box share it. */
export interface Cell {
  number: number
  series: number
  index: number
  value: number | null
  point: ChartPoint | null
}

/** A row of the table: a place with a value for each series, or one point of a scatter chart. */
export interface Row {
  index: number
  /** The series that the row belongs to alone (scatter). */
  series: number | null
  label: string
  cells: Cell[]
}

/** Series whose places are their own: scatter. */
export const hasOwnX = (table: Pick<Table, 'series'>): boolean => table.series.some(({ x }) => x.length > 0)

/** All cells, series by series; a cell stands at the place of its number. */
export function cellsOf(table: Pick<Table, 'series'>): Cell[] {
  const cells: Cell[] = []
  table.series.forEach(({ values, points }, series) =>
    values.forEach((value, index) =>
      cells.push({ number: cells.length, series, index, value, point: points[index] ?? null }),
    ),
  )
  return cells
}

/** The rows in which a person reads the table. */
export function rowsOf(table: Pick<Table, 'series' | 'x'>): Row[] {
  const cells = cellsOf(table)
  if (hasOwnX(table))
    return cells.map((cell) => {
      const { series, index } = cell
      return { index, series, label: String(table.series[series]?.x[index] ?? ''), cells: [cell] }
    })
  return table.x.map((label, index) => ({
    index,
    series: null,
    label,
    cells: cells.filter((cell) => cell.index === index),
  }))
}

/** A reading that a person should look at: readings apart, or a measured value whose error is more than 5 % of it. What
 * is printed is as exact as it is printed. */
export function isDoubtful(point: ChartPoint | null): boolean {
  if (!point || point.source === 'given') return false
  return point.disagree || (point.source !== 'label' && point.error > 0.05 * Math.abs(point.value))
}

/** A number as the page says it: at most four significant digits below a thousand, grouped above. */
export function say(value: number, language: string): string {
  const digits = Math.abs(value) >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 4 }
  return new Intl.NumberFormat(language, digits).format(value)
}

/** An error: two significant digits say all that it can. */
export function sayError(error: number, language: string): string {
  return new Intl.NumberFormat(language, { maximumSignificantDigits: 2 }).format(error)
}

export const canGoOn = ({ type }: Pick<Chart, 'type'>): boolean => !['pie', 'donut', 'scatter'].includes(type)
