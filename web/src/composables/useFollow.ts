import { nextTick, onScopeDispose, type Ref, ref, watch } from 'vue'

const NEAR_PX = 120
/** How long after opening a conversation things may still find their size (pictures, the banner, the viewer). */
const SETTLE_MS = 1_200

/**
 * Keeps the newest words in sight while they arrive (`growing`), unless the reader has scrolled away from the end.
 * What a reader unfolds by hand later does not move the page.
 */
export function useFollow(scroller: Ref<HTMLElement | null>, growing: () => boolean) {
  const atEnd = ref(true)
  let settledMs = 0

  function onScroll(): void {
    const box = scroller.value
    if (box) atEnd.value = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX
  }

  function jump(): void {
    scroller.value?.scrollTo({ top: scroller.value.scrollHeight })
    atEnd.value = true
  }

  async function toEnd(): Promise<void> {
    settledMs = Date.now() + SETTLE_MS
    await nextTick()
    jump()
  }

  const observer = new ResizeObserver(() => {
    if (atEnd.value && (growing() || Date.now() < settledMs)) jump()
    else onScroll()
  })
  watch(
    scroller,
    (box) => {
      observer.disconnect()
      for (const element of [box, box?.firstElementChild]) if (element) observer.observe(element)
    },
    { immediate: true },
  )
  onScopeDispose(() => observer.disconnect())

  return { atEnd, onScroll, toEnd }
}
