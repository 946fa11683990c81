import type { Table } from '@/api/charts'

import { rowsOf } from './cells'

/** What spreadsheets would run as a formula; a text from a picture must stay a text. */
const FORMULA = /^[=+\-@\t\r]/

function quoted(text: string): string {
  const safe = FORMULA.test(text) && !Number.isFinite(Number(text)) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** The table as CSV with a byte order mark (Excel): for each series its values, errors and sources. */
export function asCsv(table: Pick<Table, 'x' | 'series' | 'x_label'>): string {
  const own = table.series.some(({ x }) => x.length > 0)
  const names = own ? [''] : table.series.map(({ name }) => name)
  const head = [
    ...(own ? ['series'] : []),
    table.x_label || 'x',
    ...names.flatMap((name) => [name || 'value', `${name} ±`.trim(), `${name} source`.trim()]),
  ]
  const lines = rowsOf(table).map(({ label, series, cells }) => [
    ...(series === null ? [] : [table.series[series]?.name ?? '']),
    label,
    ...cells.flatMap(({ value, point }) => [value ?? '', point?.error ?? '', point?.source ?? '']),
  ])
  const rows = [head, ...lines].map((line) => line.map((one) => quoted(String(one))).join(','))
  return '\uFEFF' + rows.join('\r\n') + '\r\n'
}
