import { nextTick, type Ref, ref, watch } from 'vue'

const NEAR_PX = 120

/** Keeps the newest words in sight while they arrive, unless the reader has scrolled away from the end. */
export function useFollow(scroller: Ref<HTMLElement | null>, growth: () => unknown) {
  const atEnd = ref(true)

  function onScroll(): void {
    const box = scroller.value
    if (box) atEnd.value = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX
  }

  async function toEnd(): Promise<void> {
    await nextTick()
    scroller.value?.scrollTo({ top: scroller.value.scrollHeight })
    atEnd.value = true
  }

  watch(growth, () => atEnd.value && void toEnd(), { flush: 'post' })

  return { atEnd, onScroll, toEnd }
}
