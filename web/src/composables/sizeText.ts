const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const

/** Bytes for people: three figures at most, in steps of 1024 as file managers show them. */
export function sizeText(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), UNITS.length - 1)
  const value = bytes / 1024 ** step
  return `${value < 10 && step > 0 ? value.toFixed(1) : String(Math.round(value))} ${UNITS[step] ?? 'B'}`
}
