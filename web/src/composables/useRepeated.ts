import { onBeforeUnmount, onMounted } from 'vue'

/** Calls `look` when the component is there, then every so often while the page is seen and `wanted` says so. */
export function useRepeated(look: () => Promise<void>, everyMs: number, wanted: () => boolean = () => true): void {
  let timer: ReturnType<typeof setInterval> | undefined
  onMounted(() => {
    void look()
    timer = setInterval(() => {
      if (document.visibilityState === 'visible' && wanted()) void look()
    }, everyMs)
  })
  onBeforeUnmount(() => clearInterval(timer))
}
