import { describe, expect, it } from 'vitest'

import { EventParser, readEvents, SilenceError } from './sse'

const bytes = (text: string) => new TextEncoder().encode(text)

function parse(...chunks: (string | Uint8Array)[]) {
  const parser = new EventParser()
  return chunks.flatMap((chunk) => parser.push(typeof chunk === 'string' ? bytes(chunk) : chunk))
}

const stream = (...chunks: string[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(bytes(chunk))
      controller.close()
    },
  })

describe('EventParser', () => {
  it('gives the same events however the bytes are cut', () => {
    const text = 'id: 1-0\r\ndata: {"a": "价税合计 😀"}\r\n\r\n: ping\r\n\r\ndata: [DONE]\r\n\r\n'
    const whole = parse(text)
    expect(whole.map(({ data }) => data)).toEqual(['{"a": "价税合计 😀"}', '[DONE]'])
    const all = bytes(text)
    for (let size = 1; size < 12; size++) {
      const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size))
      expect(parse(...chunks)).toEqual(whole)
    }
  })

  it('takes LF, CR and CRLF as ends of lines', () => {
    for (const end of ['\n', '\r', '\r\n']) {
      expect(parse(`data: a${end}data: b${end}${end}`, `data: c${end}${end}`).map(({ data }) => data)).toEqual([
        'a\nb',
        'c',
      ])
    }
  })

  it('does not take the LF of a CRLF that arrives later for an empty line', () => {
    expect(parse('data: a\r', '\ndata: b\r', '\n', '\r', '\n').map(({ data }) => data)).toEqual(['a\nb'])
  })

  it('skips comments and fields that it does not know', () => {
    expect(parse(': ping\n\nretry: 3\nnonsense\ndata:x\n\n').map(({ data }) => data)).toEqual(['x'])
  })

  it('keeps the last id and takes one blank after the colon away, not two', () => {
    expect(parse('id: 7-1\ndata:  two\n\ndata: next\n\n')).toEqual([
      { id: '7-1', event: 'message', data: ' two' },
      { id: '7-1', event: 'message', data: 'next' },
    ])
  })

  it('drops an event that never ended', () => {
    expect(parse('data: half')).toEqual([])
  })
})

describe('readEvents', () => {
  it('reads a body to its end', async () => {
    const found = []
    for await (const event of readEvents(stream('data: a\n', '\ndata: b\n\n'), 1_000)) found.push(event.data)
    expect(found).toEqual(['a', 'b'])
  })

  it('gives up when not even a comment comes any more, and cancels the body', async () => {
    let cancelled = false
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes('data: a\n\n')),
      cancel: () => void (cancelled = true),
    })
    const events = readEvents(body, 20)
    expect((await events.next()).value).toMatchObject({ data: 'a' })
    await expect(events.next()).rejects.toBeInstanceOf(SilenceError)
    expect(cancelled).toBe(true)
  })
})
