import { computed, ref } from 'vue'

import { type ApiError, asApiError } from '@/api/errors'
import { type Kind, loadRollout, type Rollout } from '@/api/rollout'

import { useRepeated } from './useRepeated'

const EVERY_MS = 4_000

/**
 * The versions, policies and knowledge bases and what is being tried, looked at again and again; `act` does something
 * and looks at once. `shown` is the part about the chosen `kind`.
 */
export function useRollout() {
  const rollout = ref<Rollout | null>(null)
  const error = ref<ApiError['body'] | null>(null)
  const acting = ref(false)
  const kind = ref<Kind>('model')
  const shown = computed(() =>
    kind.value === 'model' ? rollout.value : rollout.value?.others.find((one) => one.kind === kind.value),
  )

  async function refresh(): Promise<void> {
    try {
      rollout.value = await loadRollout()
      if (!acting.value) error.value = null
    } catch (problem) {
      error.value = asApiError(problem).body
    }
  }

  async function act(move: () => Promise<unknown>): Promise<void> {
    acting.value = true
    error.value = null
    try {
      await move()
      await refresh()
    } catch (problem) {
      error.value = asApiError(problem).body
    } finally {
      acting.value = false
    }
  }

  // An error of a move stays to be read; it goes with the next move.
  useRepeated(refresh, EVERY_MS, () => !acting.value && !error.value)

  return { rollout, kind, shown, error, acting, refresh, act }
}
