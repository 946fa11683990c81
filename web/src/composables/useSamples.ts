import { ref, watch } from 'vue'

import { type ApiError, asApiError } from '@/api/errors'
import { listSamples } from '@/api/pictures'
import type { Sample } from '@/api/types'
import { useSettings } from '@/stores/settings'

/** The sample pictures that the server ships. */
export function useSamples() {
  const settings = useSettings()
  const samples = ref<Sample[]>([])
  const loading = ref(true)
  const error = ref<ApiError | null>(null)

  async function load(): Promise<void> {
    loading.value = true
    try {
      samples.value = await listSamples()
      error.value = null
    } catch (problem) {
      error.value = asApiError(problem)
    } finally {
      loading.value = false
    }
  }

  watch(() => settings.key, load)

  return { samples, loading, error, load }
}
