/** A share for people: one decimal, as the difference between 99 and 99.9 counts here. */
export const percent = (share: number): string => `${Number((share * 100).toFixed(1))}%`
