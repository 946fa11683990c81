import { onScopeDispose, type Ref, ref, watch } from 'vue'

import type { ZoomPan } from './useZoomPan'

const PAN_KEY_PX = 60
const CLICK_SLOP_PX = 4

/** Wheel, drag, pinch and keys on the viewer's viewport. `dragging` tells a drag from a click. */
export function useGestures(viewport: Ref<HTMLElement | null>, view: ZoomPan) {
  const dragging = ref(false)
  const pointers = new Map<number, { x: number; y: number }>()
  let moved = 0

  function spot(event: PointerEvent | WheelEvent) {
    const box = viewport.value?.getBoundingClientRect()
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) }
  }

  function onWheel(event: WheelEvent): void {
    event.preventDefault()
    const { x, y } = spot(event)
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1
    view.zoomAt(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016)), x, y)
  }

  function onDown(event: PointerEvent): void {
    if (event.pointerType === 'mouse' && event.button !== 0) return
    if (pointers.size === 0) moved = 0
    pointers.set(event.pointerId, spot(event))
  }

  function onMove(event: PointerEvent): void {
    const before = pointers.get(event.pointerId)
    if (!before) return
    const now = spot(event)
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1]
    moved += Math.hypot(now.x - before.x, now.y - before.y)
    if (moved > CLICK_SLOP_PX && !dragging.value) {
      dragging.value = true
      viewport.value?.setPointerCapture(event.pointerId)
    }
    if (other) {
      const factor =
        Math.hypot(now.x - other.x, now.y - other.y) / Math.max(Math.hypot(before.x - other.x, before.y - other.y), 1)
      view.pan((now.x - before.x) / 2, (now.y - before.y) / 2)
      view.zoomAt(factor, (now.x + other.x) / 2, (now.y + other.y) / 2)
    } else if (dragging.value) {
      view.pan(now.x - before.x, now.y - before.y)
    }
    pointers.set(event.pointerId, now)
  }

  function onUp(event: PointerEvent): void {
    pointers.delete(event.pointerId)
    // After the click that follows, so that the end of a drag is not taken for one.
    if (pointers.size === 0) setTimeout(() => (dragging.value = false))
  }

  const keys: Record<string, () => void> = {
    '+': view.zoomIn,
    '=': view.zoomIn,
    '-': view.zoomOut,
    '0': view.fit,
    '1': view.actual,
    ArrowLeft: () => view.pan(PAN_KEY_PX, 0),
    ArrowRight: () => view.pan(-PAN_KEY_PX, 0),
    ArrowUp: () => view.pan(0, PAN_KEY_PX),
    ArrowDown: () => view.pan(0, -PAN_KEY_PX),
  }

  function onKey(event: KeyboardEvent): void {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }

  function attach(element: HTMLElement, add: boolean): void {
    const change = (add ? element.addEventListener : element.removeEventListener).bind(element)
    change('wheel', onWheel as EventListener, { passive: false })
    change('pointerdown', onDown as EventListener)
    change('pointermove', onMove as EventListener)
    change('pointerup', onUp as EventListener)
    change('pointercancel', onUp as EventListener)
    change('keydown', onKey as EventListener)
  }

  watch(
    viewport,
    (now, before) => {
      if (before) attach(before, false)
      if (now) attach(now, true)
    },
    { immediate: true },
  )
  onScopeDispose(() => viewport.value && attach(viewport.value, false))

  return { dragging }
}
