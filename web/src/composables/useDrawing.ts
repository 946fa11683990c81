import { onMounted, onScopeDispose, type Ref, shallowRef } from 'vue'

import type { ECharts } from '@/charts/echarts'

/**
 * An ECharts drawing in `place`, as wide as it is; null until ECharts, which is loaded with the first drawing, is there.
 * `begin` is called once then.
 */
export function useDrawing(place: Readonly<Ref<HTMLElement | null>>, begin: (chart: ECharts) => void) {
  const drawing = shallowRef<ECharts | null>(null)
  let sizes: ResizeObserver | undefined
  let gone = false

  onMounted(async () => {
    const { init } = await import('@/charts/echarts')
    if (gone || !place.value) return
    const chart = init(place.value, null, { renderer: 'svg' })
    drawing.value = chart
    sizes = new ResizeObserver(() => chart.resize())
    sizes.observe(place.value)
    begin(chart)
  })
  onScopeDispose(() => {
    gone = true
    sizes?.disconnect()
    drawing.value?.dispose()
  })
  return drawing
}
