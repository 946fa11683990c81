/** The server sends a comment every 12 s; five of them missing means that it is gone. */
export const SILENCE_MS = 60_000

/** One server-sent event. `id` is the last id seen so far, as the standard has it. */
export interface ServerEvent {
  id: string
  event: string
  data: string
}

/**
 * Parses a stream of server-sent events (WHATWG HTML, section 9.2.6): lines end in LF, CR or CRLF, even when the
 * two bytes arrive in different chunks; comments are skipped; an event without its blank line at the end is dropped.
 */
export class EventParser {
  private readonly decoder = new TextDecoder('utf-8')
  private rest = ''
  private afterReturn = false
  private id = ''
  private event = ''
  private data: string[] = []

  /** The events that became complete with these bytes. */
  push(bytes: Uint8Array): ServerEvent[] {
    let text = this.decoder.decode(bytes, { stream: true })
    if (text === '') return []
    const second = this.afterReturn && text.startsWith('\n')
    this.afterReturn = text.endsWith('\r')
    if (second) text = text.slice(1)
    const lines = (this.rest + text).split(/\r\n|\r|\n/)
    this.rest = lines.pop() ?? ''
    return lines.flatMap((line) => this.line(line))
  }

  private line(line: string): ServerEvent[] {
    if (line === '') return this.dispatch()
    if (line.startsWith(':')) return []
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') this.data.push(value)
    else if (field === 'event') this.event = value
    else if (field === 'id' && !value.includes('\0')) this.id = value
    return []
  }

  private dispatch(): ServerEvent[] {
    const { data, event } = this
    this.data = []
    this.event = ''
    return data.length ? [{ id: this.id, event: event || 'message', data: data.join('\n') }] : []
  }
}

/** Reading failed because nothing, not even a keep-alive comment, came for `silenceMs`. */
export class SilenceError extends Error {}

async function readWithin(reader: ReadableStreamDefaultReader<Uint8Array>, silenceMs: number) {
  let timer: ReturnType<typeof setTimeout> | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SilenceError('silence')), silenceMs)
  })
  try {
    return await Promise.race([reader.read(), silence])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * All events of a response body, as they arrive. The body is cancelled when the caller stops early or `signal` aborts;
 * the events then end.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  silenceMs: number,
  signal?: AbortSignal,
): AsyncGenerator<ServerEvent> {
  const reader = body.getReader()
  const cancel = () => void reader.cancel().catch(() => undefined)
  signal?.addEventListener('abort', cancel, { once: true })
  const parser = new EventParser()
  try {
    for (;;) {
      const { done, value } = await readWithin(reader, silenceMs)
      if (done) return
      yield* parser.push(value)
    }
  } finally {
    signal?.removeEventListener('abort', cancel)
    cancel()
  }
}
