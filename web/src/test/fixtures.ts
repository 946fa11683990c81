import { HttpResponse } from 'msw'

import type { AnswerInfo, Evidence, Message, Picture, Session } from '@/api/types'

export const picture = (id: string, changes: Partial<Picture> = {}): Picture => ({
  id,
  object: 'picture',
  width: 400,
  height: 300,
  bytes: 10,
  media_type: 'image/png',
  name: `${id}.png`,
  created_at: 1,
  expires_at: 2,
  pages: null,
  ...changes,
})

export const session = (id: string, changes: Partial<Session> = {}): Session => ({
  id,
  object: 'session',
  title: id,
  created_at: 1,
  updated_at: 1,
  head: null,
  ...changes,
})

export const evidence = (changes: Partial<Evidence> = {}): Evidence => ({
  start: 0,
  end: 2,
  picture: 0,
  picture_id: 'pic_1',
  polygon: [
    [10, 10],
    [90, 10],
    [90, 30],
    [10, 30],
  ],
  text: '合计',
  score: 0.98,
  alignment: 'exact',
  source: 'ocr',
  ...changes,
})

export const info = (changes: Partial<AnswerInfo> = {}): AnswerInfo => ({
  version: 'reader',
  engine: 'reader',
  status: 'reader',
  evidence: [],
  unsupported: [],
  timings: {},
  session: 'ses_1',
  user_message: null,
  message: null,
  ...changes,
})

export function message(
  id: string,
  parent: string | null,
  role: Message['role'],
  text: string,
  changes: Partial<Message> = {},
): Message {
  const content: Message['content'] = [{ type: 'text', text }]
  return {
    id,
    parent,
    role,
    content,
    created_at: 1,
    state: 'done',
    error: null,
    wentu: null,
    pictures: {},
    job: null,
    ...changes,
  }
}

export const errorBody = (code: string, params: Record<string, string> = {}) => ({
  error: { message: code, type: 'error', param: null, code, hint: '', params },
})

/** One chunk of a streamed answer. */
export const chunk = (wentu: object | null, content = '', finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta: content ? { content } : {}, finish_reason }],
  ...(wentu ? { wentu } : {}),
})

export const accepted = (userMessage: string, answer: string) =>
  chunk({ event: 'accepted', job: 'job_1', session: 'ses_1', user_message: userMessage, message: answer })

export const done = (changes: Partial<AnswerInfo> = {}, reason = 'stop') =>
  chunk({ event: 'done', ...info(changes) }, '', reason)

/** A stream that a test feeds by hand. */
export function liveStream() {
  const encoder = new TextEncoder()
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const closed = { byClient: false }
  const body = new ReadableStream<Uint8Array>({
    start: (given) => void (controller = given),
    cancel: () => void (closed.byClient = true),
  })
  return {
    closed,
    response: () => new HttpResponse(body, { headers: { 'Content-Type': 'text/event-stream' } }),
    send: (...chunks: object[]) =>
      chunks.forEach((part) => controller?.enqueue(encoder.encode(`data: ${JSON.stringify(part)}\n\n`))),
    end: () => {
      controller?.enqueue(encoder.encode('data: [DONE]\n\n'))
      controller?.close()
    },
    cut: () => controller?.error(new TypeError('network')),
  }
}

/** A whole answer at once. */
export function streamed(...chunks: object[]) {
  const text = chunks.map((part) => `data: ${JSON.stringify(part)}\n\n`).join('')
  return new HttpResponse(`${text}data: [DONE]\n\n`, { headers: { 'Content-Type': 'text/event-stream' } })
}
