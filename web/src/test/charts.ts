import type { Chart, ChartPoint, ChartSeries } from '@/api/charts'

/** A value that was measured in the picture. */
export const point = (value: number, changes: Partial<ChartPoint> = {}): ChartPoint => ({
  value,
  error: 0.5,
  source: 'pixel',
  box: [value, 0, value + 10, 20],
  readings: { pixel: value },
  disagree: false,
  ...changes,
})

export const series = (name: string, values: (number | null)[], changes: Partial<ChartSeries> = {}): ChartSeries => ({
  name,
  values,
  points: values.map((value) => (value === null ? null : point(value))),
  x: [],
  color: '',
  ...changes,
})

export const chart = (changes: Partial<Chart> = {}): Chart => ({
  id: 'job_1',
  type: 'line',
  title: '销售额',
  x_label: '月份',
  y_label: '万元',
  unit: '',
  scale: 'linear',
  orientation: null,
  stacked: null,
  overlay: 0.9,
  x: ['1月', '2月', '3月'],
  series: [series('甲', [10, 20, 30])],
  statistics: [],
  forecast: [],
  steps: ['第一步'],
  explanations: { 'zh-CN': ['第一步'], en: ['Step one'] },
  answer: '第一步',
  warnings: [],
  version: 'reader',
  timings: {},
  ...changes,
})
