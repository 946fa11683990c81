import { computed, ref, watch } from 'vue'

import { type ApiError, asApiError } from '@/api/errors'
import { loadOverview, type Overview } from '@/api/overview'
import { useServer } from '@/stores/server'

import { useRepeated } from './useRepeated'

export const EVERY_S = 5

/** The administrator's overview, looked at again and again while the page is seen; nobody else asks for it. */
export function useOverview() {
  const server = useServer()
  const overview = ref<Overview | null>(null)
  const error = ref<ApiError['body'] | null>(null)
  const allowed = computed(() => server.status?.role === 'admin')

  async function refresh(): Promise<void> {
    if (!allowed.value) return
    try {
      overview.value = await loadOverview()
      error.value = null
    } catch (problem) {
      error.value = asApiError(problem).body
    }
  }

  watch(allowed, () => void refresh())
  useRepeated(refresh, EVERY_S * 1000)

  return { overview, error, refresh }
}
