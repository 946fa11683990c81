const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** Bytes for people: three figures at most, in steps of 1000 as disks are sold, limits are set and the commands print. */
export function sizeText(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1)
  const value = bytes / 1000 ** step
  return `${value < 10 && step > 0 ? value.toFixed(1) : String(Math.round(value))} ${UNITS[step] ?? 'B'}`
}
