import { computed, onScopeDispose, type Ref, ref, watch } from 'vue'

import type { Point } from '@/api/types'

const MAX_SCALE = 12
const STEP = 1.3
const MARGIN_PX = 16

interface Size {
  width: number
  height: number
}

/** The smallest rectangle around points: [x0, y0, x1, y1]. */
export function boundsOf(points: readonly Point[]): [number, number, number, number] {
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

/**
 * Zoom and pan of a picture inside a viewport. The only place where picture pixels become screen pixels:
 * screen = offset + scale * picture.
 */
export function useZoomPan(viewport: Ref<HTMLElement | null>, picture: () => Size) {
  const scale = ref(1)
  const offset = ref({ x: 0, y: 0 })
  const area = ref<Size>({ width: 0, height: 0 })
  /** True while the picture follows the viewport's size; ends with the first zoom or pan. */
  const fitted = ref(true)

  const fitScale = computed(() => {
    const { width, height } = picture()
    const free = { width: area.value.width - 2 * MARGIN_PX, height: area.value.height - 2 * MARGIN_PX }
    return Math.min(Math.max(free.width, 1) / width, Math.max(free.height, 1) / height, 2)
  })

  function keepInside(): void {
    const { width, height } = picture()
    const along = (at: number, free: number, length: number) =>
      length <= free ? (free - length) / 2 : Math.min(Math.max(at, free - length - MARGIN_PX), MARGIN_PX)
    offset.value = {
      x: along(offset.value.x, area.value.width, width * scale.value),
      y: along(offset.value.y, area.value.height, height * scale.value),
    }
  }

  function fit(): void {
    fitted.value = true
    scale.value = fitScale.value
    keepInside()
  }

  /** Zooms so that the picture's point under (x, y), in viewport pixels, stays where it is. */
  function zoomAt(factor: number, x: number, y: number): void {
    const next = Math.min(Math.max(scale.value * factor, fitScale.value * 0.8), Math.max(MAX_SCALE, fitScale.value))
    const ratio = next / scale.value
    offset.value = { x: x - (x - offset.value.x) * ratio, y: y - (y - offset.value.y) * ratio }
    scale.value = next
    fitted.value = false
    keepInside()
  }

  const zoom = (factor: number) => zoomAt(factor, area.value.width / 2, area.value.height / 2)
  const zoomIn = () => zoom(STEP)
  const zoomOut = () => zoom(1 / STEP)
  const actual = () => zoom(1 / scale.value)

  function pan(dx: number, dy: number): void {
    offset.value = { x: offset.value.x + dx, y: offset.value.y + dy }
    fitted.value = false
    keepInside()
  }

  /** Brings a polygon into the middle, large enough to read and with its surroundings in sight. */
  function reveal(polygon: readonly Point[]): void {
    const [x0, y0, x1, y1] = boundsOf(polygon)
    const { width, height } = area.value
    const closest = Math.min((width * 0.6) / Math.max(x1 - x0, 1), (height * 0.35) / Math.max(y1 - y0, 1))
    const readable = Math.min(closest, Math.max(fitScale.value, 28 / Math.max(y1 - y0, 1)))
    scale.value = Math.max(Math.min(Math.max(scale.value, readable), closest), fitScale.value)
    offset.value = {
      x: width / 2 - ((x0 + x1) / 2) * scale.value,
      y: height / 2 - ((y0 + y1) / 2) * scale.value,
    }
    fitted.value = scale.value === fitScale.value
    keepInside()
  }

  const observer = new ResizeObserver(([entry]) => {
    if (!entry) return
    area.value = { width: entry.contentRect.width, height: entry.contentRect.height }
    if (fitted.value) fit()
    else keepInside()
  })
  watch(
    viewport,
    (now, before) => {
      if (before) observer.unobserve(before)
      if (now) observer.observe(now)
    },
    { immediate: true },
  )
  watch(() => [picture().width, picture().height], fit)
  onScopeDispose(() => observer.disconnect())

  return { scale, offset, area, fit, actual, zoomAt, zoomIn, zoomOut, pan, reveal }
}

export type ZoomPan = ReturnType<typeof useZoomPan>
