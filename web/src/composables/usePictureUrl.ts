import { type MaybeRefOrGetter, onScopeDispose, ref, toValue, watch } from 'vue'

import { fetchBlob } from '@/api/pictures'
import { useSettings } from '@/stores/settings'

interface Held {
  users: number
  url: Promise<string>
}

/** Object URLs in use, by address and key: a thumbnail and the viewer share one download. */
const held = new Map<string, Held>()

function hold(name: string, address: string): Promise<string> {
  const known = held.get(name)
  if (known) {
    known.users++
    return known.url
  }
  const url = fetchBlob(address).then((blob) => URL.createObjectURL(blob))
  held.set(name, { users: 1, url })
  return url
}

function release(name: string): void {
  const entry = held.get(name)
  if (!entry || --entry.users > 0) return
  held.delete(name)
  entry.url.then((url) => URL.revokeObjectURL(url)).catch(() => undefined)
}

/**
 * An address that <img> can load. Without a key it is the server's own; with one, the picture is fetched with the
 * key and held as an object URL until the component goes.
 */
export function usePictureUrl(address: MaybeRefOrGetter<string | null>) {
  const settings = useSettings()
  const url = ref<string | null>(null)
  const failed = ref(false)
  let holding: string | null = null

  function drop(): void {
    if (holding !== null) release(holding)
    holding = null
  }

  watch(
    [() => toValue(address), () => settings.key],
    async ([from, key]) => {
      drop()
      failed.value = false
      if (from === null || !key) {
        url.value = from
        return
      }
      url.value = null
      const name = (holding = `${key} ${from}`)
      try {
        const fetched = await hold(name, from)
        if (holding === name) url.value = fetched
      } catch {
        if (holding === name) failed.value = true
      }
    },
    { immediate: true },
  )
  onScopeDispose(drop)

  return { url, failed }
}
