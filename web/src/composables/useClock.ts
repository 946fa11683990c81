import { computed, onScopeDispose, ref, toValue, type MaybeRefOrGetter } from 'vue'

/** Whole seconds since `startMs` (Date.now()), running. */
export function useClock(startMs: MaybeRefOrGetter<number>) {
  const nowMs = ref(Date.now())
  const timer = setInterval(() => (nowMs.value = Date.now()), 250)
  onScopeDispose(() => clearInterval(timer))
  return computed(() => Math.max(0, Math.floor((nowMs.value - toValue(startMs)) / 1000)))
}
