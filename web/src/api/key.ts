/** The API key: for this tab only, unless the person asked to have it remembered on this device. */

const NAME = 'wentu.key'
type Listener = () => void

const listeners = new Set<Listener>()

function read(): string {
  try {
    return sessionStorage.getItem(NAME) ?? localStorage.getItem(NAME) ?? ''
  } catch {
    return ''
  }
}

let key = read()

export const currentKey = (): string => key

export function authHeaders(): Record<string, string> {
  return key ? { Authorization: `Bearer ${key}` } : {}
}

export function keepKey(value: string, remember: boolean): void {
  key = value.trim()
  try {
    sessionStorage.removeItem(NAME)
    localStorage.removeItem(NAME)
    if (key) (remember ? localStorage : sessionStorage).setItem(NAME, key)
  } catch {
    // Without storage the key lives as long as the page.
  }
}

/** Calls `listener` each time the server answers 401; returns the function that ends this. */
export function onUnauthorized(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function announceUnauthorized(): void {
  for (const listener of listeners) listener()
}
