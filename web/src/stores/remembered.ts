/** What this browser remembers under a name; null where it remembers nothing or may not. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(name)
  } catch {
    return null
  }
}

/** Without storage a choice lasts as long as the page. */
export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value)
  } catch {
    // Nothing to be done, and nobody to be told.
  }
}
