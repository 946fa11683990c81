/** A stretch of the answer that evidence speaks of, in UTF-16 units of the normalized text. `id` is the evidence's index. */
export interface Span {
  id: number
  start: number
  end: number
}

/** What markdown-it does to its input first; offsets have to follow it. */
export function normalize(text: string): string {
  return text.replace(/\r\n?/g, '\n').replaceAll('\0', '\uFFFD')
}

/**
 * Turns code-point offsets into `text` into UTF-16 offsets into `normalize(text)`.
 *
 * The server counts as Python does: an emoji is one, CR LF are two. Offsets outside the text are clamped.
 */
export function utf16Offsets(text: string): (codePoint: number) => number {
  const offsets = [0]
  let at = 0
  let previous = ''
  for (const point of text) {
    const joined = previous === '\r' && point === '\n'
    at += joined ? 0 : point.length
    offsets.push(at)
    previous = point
  }
  return (codePoint) => offsets[Math.min(Math.max(codePoint, 0), offsets.length - 1)] ?? 0
}

/** The evidence of an answer as spans of its normalized text; empty and reversed ones are left out. */
export function spansOf(text: string, evidence: readonly { start: number; end: number }[]): Span[] {
  const at = utf16Offsets(text)
  return evidence
    .map(({ start, end }, id) => ({ id, start: at(start), end: at(end) }))
    .filter(({ start, end }) => end > start)
}
