import { open } from './client'
import { consentGiven } from './consent'
import { currentDetail } from './detail'
import { connectionLost, errorFrom, isAbort } from './errors'
import { followJob, type Place } from './jobs'
import { readEvents, SILENCE_MS } from './sse'
import type { AnswerInfo, FinishReason, Part, Progress } from './types'

/** A new question after `parent` (null: the first one), or one that is asked again (`regenerate`). */
export interface Ask {
  session: string
  content?: Part[]
  parent?: string | null
  regenerate?: string
}

export type ChatEvent =
  | { kind: 'accepted'; job: string; userMessage: string; message: string }
  | { kind: 'progress'; progress: Progress }
  | { kind: 'token'; text: string }
  | { kind: 'retract'; offset: number; rule: string; replacement: string }
  /** `text` is the whole answer, where the event says it. */
  | { kind: 'done'; finishReason: FinishReason; info: AnswerInfo; text?: string }

interface Chunk {
  error?: unknown
  choices?: { delta?: { content?: string | null }; finish_reason?: FinishReason | null }[]
  wentu?: { event: string } & Record<string, unknown>
}

function eventsOf(chunk: Chunk): ChatEvent[] {
  const events: ChatEvent[] = []
  const choice = chunk.choices?.[0]
  const extra = chunk.wentu
  if (extra?.event === 'accepted') {
    const { job, user_message: userMessage, message } = extra
    events.push({ kind: 'accepted', job: String(job), userMessage: String(userMessage), message: String(message) })
  } else if (extra?.event === 'progress') {
    events.push({ kind: 'progress', progress: extra as unknown as Progress })
  } else if (extra?.event === 'retract') {
    const { offset, rule, replacement } = extra
    events.push({ kind: 'retract', offset: Number(offset), rule: String(rule), replacement: String(replacement ?? '') })
  }
  if (choice?.delta?.content) events.push({ kind: 'token', text: choice.delta.content })
  if (choice?.finish_reason && extra?.event === 'done') {
    events.push({ kind: 'done', finishReason: choice.finish_reason, info: extra as unknown as AnswerInfo })
  }
  return events
}

/** The body of POST /v1/chat/completions for a question kept in a session. */
export function chatBody(ask: Ask) {
  return {
    model: 'stable',
    stream: true,
    messages: ask.content ? [{ role: 'user', content: ask.content }] : [],
    wentu: {
      session: ask.session,
      progress: true,
      detail: currentDetail(),
      ...(consentGiven() ? { record: true } : {}),
      ...(ask.parent === undefined ? {} : { parent: ask.parent }),
      ...(ask.regenerate === undefined ? {} : { regenerate: ask.regenerate }),
    },
  }
}

/**
 * Asks, and gives the answer's events as they arrive. A stream that breaks off is gone on with through its job.
 *
 * Aborting `signal` closes the connection; the answer is stopped by `cancelJob`, or when nobody came back for 15 s.
 * Throws ApiError: what the server refused, an error in mid-stream, or `connection_lost` when the server is gone.
 */
export async function* streamAnswer(ask: Ask, signal: AbortSignal): AsyncGenerator<ChatEvent> {
  const headers = { 'Content-Type': 'application/json', Accept: 'text/event-stream' }
  const response = await open('/v1/chat/completions', {
    method: 'POST',
    headers,
    body: JSON.stringify(chatBody(ask)),
    signal,
  })
  if (!response.body) throw connectionLost()
  const place: Place = { job: '', lastId: '' }
  try {
    for await (const { id, data } of readEvents(response.body, SILENCE_MS, signal)) {
      if (data === '[DONE]') break
      const chunk = JSON.parse(data) as Chunk
      if (chunk.error) throw errorFrom(chunk, 0)
      for (const event of eventsOf(chunk)) {
        if (event.kind === 'accepted') place.job = event.job
        yield event
        if (event.kind === 'done') return
      }
      if (id) place.lastId = id
    }
  } catch (problem) {
    if (signal.aborted || isAbort(problem) || (problem instanceof Error && problem.name === 'ApiError')) throw problem
  }
  signal.throwIfAborted()
  if (!place.job) throw connectionLost()
  yield* followJob(place, signal)
}
