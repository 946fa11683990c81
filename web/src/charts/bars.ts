import type { EChartsCoreOption } from 'echarts/core'

/** Measured values side by side; null where nothing was measured. `max`: the end of the axis, where it is known. */
export interface Bars {
  names: readonly string[]
  series: readonly { name: string; values: readonly (number | null)[] }[]
  max?: number
  say: (value: number) => string
}

/** Told apart also by readers who see no red or no green (Okabe, Ito). */
const PALETTE = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00']
const ROW_PX = 18
const GAP_PX = 14
const REST_PX = 54

/** Room that every bar gets, so that many rows do not become thin. */
export const heightOf = ({ names, series }: Bars): number => names.length * (series.length * ROW_PX + GAP_PX) + REST_PX

/** Lying bars with their values at the end, the first name on top. `ink` and `faint` are the page's colours. */
export function barsOption(bars: Bars, ink: string, faint: string): EChartsCoreOption {
  const { names, series, max, say } = bars
  return {
    animation: false,
    color: PALETTE,
    textStyle: { color: ink, fontFamily: 'system-ui, sans-serif' },
    // One row, also on a phone: a second one would lie on the bars.
    legend: { type: 'scroll', show: series.length > 1, top: 0, left: 0, textStyle: { color: ink } },
    grid: { left: 0, right: 56, top: series.length > 1 ? 30 : 6, bottom: 0, containLabel: true },
    xAxis: {
      type: 'value',
      min: 0,
      ...(max === undefined ? {} : { max }),
      axisLabel: { color: ink, formatter: say, hideOverlap: true },
      splitLine: { lineStyle: { color: faint } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: [...names],
      axisLabel: { color: ink, width: 130, overflow: 'truncate' },
      axisLine: { lineStyle: { color: faint } },
      axisTick: { show: false },
    },
    series: series.map(({ name, values }) => ({
      type: 'bar',
      name,
      data: [...values],
      barMaxWidth: ROW_PX,
      label: {
        show: true,
        position: 'right',
        color: ink,
        formatter: ({ value }: { value: unknown }) => (typeof value === 'number' ? say(value) : ''),
      },
    })),
  }
}
