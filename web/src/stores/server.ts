import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import { asApiError } from '@/api/errors'
import { loadStatus } from '@/api/status'
import type { Status } from '@/api/types'

const SLOW_MS = 20_000
const FAST_MS = 3_000

/** What the server says of itself: engine, model, limits, and whether it answers at all. */
export const useServer = defineStore('server', () => {
  const status = ref<Status | null>(null)
  const reachable = ref(true)
  let timer: ReturnType<typeof setTimeout> | undefined
  let watching = false

  const maxPictures = computed(() => status.value?.limits.max_pictures ?? 8)
  const maxBytes = computed(() => status.value?.limits.max_bytes ?? 20_000_000)

  /** A server that is gone, and one whose engine is about to change, are watched closely. */
  function pace(): number {
    const model = status.value?.model.state
    const changing = model === 'downloading' || model === 'unknown' || (model === 'ready' && !status.value?.sees)
    return changing || !reachable.value ? FAST_MS : SLOW_MS
  }

  async function refresh(): Promise<void> {
    try {
      status.value = await loadStatus()
      reachable.value = true
    } catch (problem) {
      reachable.value = asApiError(problem).code !== 'unreachable'
    }
  }

  async function tick(): Promise<void> {
    if (document.visibilityState === 'visible') await refresh()
    if (watching) timer = setTimeout(() => void tick(), pace())
  }

  /** Asks now and then again and again; returns the function that ends this. */
  function watchServer(): () => void {
    watching = true
    void tick()
    return () => {
      watching = false
      clearTimeout(timer)
    }
  }

  return { status, reachable, maxPictures, maxBytes, refresh, watchServer }
})
