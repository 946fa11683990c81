import type { EChartsCoreOption } from 'echarts/core'

import type { Chart, ChartForecast } from '@/api/charts'

import { say, sayError } from './cells'

/** The words of a drawn chart. */
export interface Words {
  forecast: string
  band: string
  language: string
}

type Drawn = Record<string, unknown>

/** Colours where the picture's own are not known: told apart also by readers who see no red or no green (Okabe, Ito). */
const PALETTE = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#7a5c00', '#555555']
const INK = '#1d2022'
const FAINT = '#d9d5ca'

/** The chart of a table as ECharts draws it: always ink on white, like the picture beside it and like the exports. */
export function optionOf(chart: Chart, withForecast: boolean, words: Words): EChartsCoreOption {
  const round = chart.type === 'pie' || chart.type === 'donut'
  const ahead = withForecast && !round && chart.type !== 'scatter' ? chosenForecasts(chart) : []
  const series = round ? [pie(chart, words)] : [...chart.series.map(drawn(chart)), ...continued(chart, ahead, words)]
  return {
    animation: false,
    backgroundColor: '#ffffff',
    color: PALETTE,
    textStyle: { color: INK, fontFamily: 'system-ui, sans-serif' },
    title: { text: chart.title, left: 'center', top: 4, textStyle: { fontSize: 14, color: INK } },
    legend: { show: named(chart) || ahead.length > 0, top: 28, type: 'scroll', data: legendOf(chart, ahead, words) },
    tooltip: { trigger: 'item', confine: true, formatter: tip(chart, words) },
    aria: { enabled: false },
    ...(round ? {} : axes(chart, ahead)),
    series,
  }
}

/** The forecasts of the trend that fits best, nearest first. */
export function chosenForecasts(chart: Chart): ChartForecast[] {
  return chart.forecast.filter(({ chosen }) => chosen)
}

export function colourOf(chart: Chart, series: number): string {
  return chart.series[series]?.color || (PALETTE[series % PALETTE.length] ?? INK)
}

const named = (chart: Chart): boolean =>
  !['pie', 'donut'].includes(chart.type) && chart.series.some(({ name }) => name !== '')

const lying = (chart: Chart): boolean => chart.type === 'bar_horizontal' || chart.orientation === 'horizontal'

function legendOf(chart: Chart, ahead: readonly ChartForecast[], words: Words): string[] {
  const names = chart.series.map(({ name }) => name).filter((name) => name !== '')
  return ahead.length ? [...names, words.forecast] : names
}

function axes(chart: Chart, ahead: readonly ChartForecast[]): Drawn {
  const text = { nameLocation: 'middle', nameTextStyle: { color: INK }, axisLabel: { color: INK } }
  const quantity = {
    ...text,
    type: chart.scale === 'log' ? 'log' : 'value',
    name: lying(chart) ? chart.x_label : chart.y_label,
    nameGap: lying(chart) ? 26 : 44,
    scale: !chart.type.startsWith('bar') && chart.type !== 'area',
    splitLine: { lineStyle: { color: FAINT } },
  }
  const grid = { left: 56, right: 24, top: 66, bottom: 44 }
  if (chart.type === 'scatter')
    return { grid, xAxis: { ...quantity, type: 'value', name: chart.x_label, nameGap: 26 }, yAxis: quantity }
  const places = {
    ...text,
    type: 'category',
    data: [...chart.x, ...farthest(ahead)],
    name: lying(chart) ? chart.y_label : chart.x_label,
    nameGap: lying(chart) ? 60 : 26,
    axisTick: { alignWithLabel: true },
    boundaryGap: chart.type.startsWith('bar'),
  }
  return lying(chart)
    ? { grid, yAxis: { ...places, inverse: true }, xAxis: quantity }
    : { grid, xAxis: places, yAxis: quantity }
}

/** The names of the places beyond the last one; all series go on to the same ones. */
function farthest(ahead: readonly ChartForecast[]): string[] {
  const names = new Map(ahead.map((one) => [one.ahead, one.x]))
  return [...names].sort(([a], [b]) => a - b).map(([, x]) => x)
}

function drawn(chart: Chart) {
  return ({ name, values, x }: Chart['series'][number], place: number): Drawn => {
    const color = colourOf(chart, place)
    const common = {
      name,
      itemStyle: { color },
      emphasis: { focus: 'none', itemStyle: { borderColor: INK, borderWidth: 2 } },
    }
    if (chart.type === 'scatter')
      return { ...common, type: 'scatter', symbolSize: 9, data: values.map((value, index) => [x[index], value]) }
    const stack = chart.type === 'bar_stacked' || (chart.type === 'area' && chart.stacked) ? 'all' : undefined
    if (chart.type.startsWith('bar')) return { ...common, type: 'bar', stack, data: values }
    return {
      ...common,
      type: 'line',
      stack,
      symbol: 'circle',
      symbolSize: 7,
      showAllSymbol: true,
      lineStyle: { color },
      areaStyle: chart.type === 'area' ? { color, opacity: 0.35 } : undefined,
      data: values,
    }
  }
}

function pie(chart: Chart, { language }: Words): Drawn {
  const [first] = chart.series
  const unit = chart.unit === '%' ? '%' : ''
  return {
    type: 'pie',
    radius: chart.type === 'donut' ? ['40%', '68%'] : '68%',
    center: ['50%', '54%'],
    label: {
      color: INK,
      formatter: ({ name, value }: { name: string; value: number }) => `${name} ${say(value, language)}${unit}`,
    },
    data: chart.x.map((name, index) => ({ name, value: first?.values[index] ?? 0 })),
  }
}

/** The trend that goes on: a dashed line from the last value, and its 95 % band where there is one. */
function continued(chart: Chart, ahead: readonly ChartForecast[], words: Words): Drawn[] {
  if (!ahead.length || lying(chart)) return []
  return chart.series.flatMap(({ name, values }, place): Drawn[] => {
    const own = ahead.filter(({ series }) => series === name)
    const last = values.findLastIndex((value) => value !== null)
    if (!own.length || last < 0) return []
    const color = colourOf(chart, place)
    const width = chart.x.length + farthest(ahead).length
    const beyond = (pick: (one: ChartForecast) => number | null): (number | null)[] =>
      Array.from({ length: width }, (_, index) => {
        const found = own.find((one) => chart.x.length + one.ahead - 1 === index)
        if (index === last) return values[last] ?? null
        return found ? pick(found) : null
      })
    const line = { type: 'line', silent: true, showSymbol: false, connectNulls: true }
    const trend = { ...line, name: words.forecast, lineStyle: { color, type: 'dashed' }, itemStyle: { color } }
    const banded = own.every(({ low, high }) => low !== null && high !== null)
    const edge = { ...line, name: words.band, stack: `band ${place}`, stackStrategy: 'all', lineStyle: { opacity: 0 } }
    const low = { ...edge, data: beyond((one) => one.low) }
    const gap = beyond((one) => (one.high ?? 0) - (one.low ?? 0)).map((value, at) => (at === last ? 0 : value))
    const high = { ...edge, data: gap, areaStyle: { color, opacity: 0.14 } }
    return [{ ...trend, data: beyond((one) => one.value) }, ...(banded ? [low, high] : [])]
  })
}

interface Pointed {
  seriesIndex: number
  dataIndex: number
  name: string
}

/** What is said where the pointer is. Names come from a picture: ECharts takes this as HTML, so they are escaped. */
function tip(chart: Chart, { language }: Words) {
  return ({ seriesIndex, dataIndex, name }: Pointed): string => {
    const series = chart.series[seriesIndex]
    const value = series?.values[dataIndex]
    if (!series || value === null || value === undefined) return ''
    const error = series.points[dataIndex]?.error ?? 0
    const place = series.x.length ? say(series.x[dataIndex] ?? 0, language) : name
    const head = [series.name, place].filter((text) => text !== '').map(escaped)
    return `${head.join(' · ')}<br>${say(value, language)}${error > 0 ? ` ± ${sayError(error, language)}` : ''}`
  }
}

function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replace(/[&<>"']/g, (found) => entities[found] ?? found)
}
