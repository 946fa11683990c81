import { beforeEach, describe, expect, it, vi } from 'vitest'

import type { ChartForecast } from '@/api/charts'
import { chart, series } from '@/test/charts'

import { init } from './echarts'
import { optionOf } from './option'

const words = { forecast: '预测', band: '区间', language: 'zh-CN' }
const ahead = (changes: Partial<ChartForecast>): ChartForecast => ({
  series: '甲',
  ahead: 1,
  x: '4月',
  value: 40,
  low: 35,
  high: 45,
  model: 'linear',
  chosen: true,
  warning: '',
  ...changes,
})

/** What ECharts itself draws, without a browser. */
function svgOf(given: ReturnType<typeof chart>, forecast = true): string {
  const drawing = init(null, null, { renderer: 'svg', ssr: true, width: 500, height: 300 })
  drawing.setOption(optionOf(given, forecast, words))
  const svg = drawing.renderToSVGString()
  drawing.dispose()
  return svg
}

// jsdom draws nothing; ECharts then reckons the width of texts.
beforeEach(() => void vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null))

describe('a chart that is drawn again', () => {
  it.each(['bar', 'bar_horizontal', 'bar_grouped', 'bar_stacked', 'line', 'area', 'pie', 'donut'] as const)(
    'as %s shows every place',
    (type) => {
      const svg = svgOf(chart({ type }))
      for (const name of ['1月', '2月', '3月', '销售额']) expect(svg).toContain(name)
    },
  )

  it('keeps the colours of the picture', () => {
    expect(svgOf(chart({ series: [series('甲', [1, 2, 3], { color: '#12ab34' })] }))).toMatch(/#12ab34|18,171,52/)
  })

  it('goes on with the trend and its band, as far as it was computed', () => {
    const with4 = chart({ forecast: [ahead({}), ahead({ model: 'quadratic', chosen: false, x: '别的' })] })
    const { series: drawn } = optionOf(with4, true, words) as { series: { name: string; data: (number | null)[] }[] }
    expect(drawn.map(({ name }) => name)).toEqual(['甲', '预测', '区间', '区间'])
    expect(drawn[1]?.data).toEqual([null, null, 30, 40])
    expect(drawn[2]?.data).toEqual([null, null, 30, 35])
    expect(drawn[3]?.data).toEqual([null, null, 0, 10])
    expect(svgOf(with4)).toContain('4月')
    expect(svgOf(with4)).not.toContain('别的')
    expect(svgOf(with4, false)).not.toContain('4月')
  })

  it('has no band below four points', () => {
    const bare = chart({ forecast: [ahead({ low: null, high: null, warning: 'few_points' })] })
    expect((optionOf(bare, true, words) as { series: unknown[] }).series).toHaveLength(2)
  })

  it('shows points at their own places', () => {
    const dots = chart({ type: 'scatter', x: [], series: [series('甲', [5, 7], { x: [1, 2] })] })
    const option = optionOf(dots, true, words) as { series: { data: unknown }[]; xAxis: { type: string } }
    expect(option.series[0]?.data).toEqual([
      [1, 5],
      [2, 7],
    ])
    expect(option.xAxis.type).toBe('value')
  })

  it('takes no name from the picture for HTML', () => {
    const option = optionOf(chart({ series: [series('<img src=x>', [1, 2, 3])] }), true, words) as {
      tooltip: { formatter: (at: object) => string }
    }
    expect(option.tooltip.formatter({ seriesIndex: 0, dataIndex: 1, name: '2月' })).toBe(
      '&lt;img src=x&gt; · 2月<br>2 ± 0.5',
    )
  })
})
