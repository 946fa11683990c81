import { client, unwrap } from './client'
import type { components } from './schema'
import { type Language, PICTURE_SCHEME } from './types'

type Schemas = components['schemas']

/** A read chart: the table with errors, sources and boxes, and everything computed from it. */
export type Chart = Schemas['ChartOut']
export type ChartSeries = Schemas['ChartSeriesOut']
export type ChartPoint = Schemas['ChartPointOut']
export type ChartForecast = Schemas['ChartForecastOut']
export type SeriesStatistics = Schemas['SeriesStatisticsOut']

/** What the server needs of a table to compute it anew. */
export type Table = Pick<Chart, 'type' | 'title' | 'x_label' | 'y_label' | 'unit' | 'x' | 'series'>

const ASK = { picture: null, table: null, question: '', model: 'stable' }

/** Reads the chart in an uploaded picture. Throws ApiError. */
export async function readChart(picture: string, language: Language): Promise<Chart> {
  const body = { ...ASK, picture: PICTURE_SCHEME + picture, language }
  return (await unwrap(client.POST('/v1/charts', { body }))) as Chart
}

/** Statistics, trend, forecast, steps and the answer to a question, from a table alone. Throws ApiError. */
export async function computeTable(table: Table, language: Language, question = ''): Promise<Chart> {
  const body = { ...ASK, table: { ...table }, language, question }
  return (await unwrap(client.POST('/v1/charts', { body }))) as Chart
}
