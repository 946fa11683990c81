import { type ChatEvent } from './chat'
import { client, finish, open } from './client'
import { ApiError, connectionLost, errorFrom, isAbort } from './errors'
import { readEvents, SILENCE_MS } from './sse'
import type { AnswerInfo, FinishReason, Progress } from './types'

/** The server keeps an answer going for 15 s after its last reader left. */
const COME_BACK_MS = 15_000
const PAUSE_MS = 700

/** A job's own word for how it ended, in OpenAI's words. */
const REASONS: Record<string, FinishReason> = { length: 'length', loop: 'length', blocked: 'content_filter' }

interface Data {
  text?: string
  offset?: number
  rule?: string
  replacement?: string
  finish_reason?: string
  wentu?: AnswerInfo
  error?: unknown
}

function eventOf(name: string, data: Data): ChatEvent | null {
  if (name === 'progress') return { kind: 'progress', progress: data as unknown as Progress }
  if (name === 'token') return { kind: 'token', text: data.text ?? '' }
  if (name === 'retract') {
    return { kind: 'retract', offset: data.offset ?? 0, rule: data.rule ?? '', replacement: data.replacement ?? '' }
  }
  if (name !== 'done') return null
  const finishReason = REASONS[data.finish_reason ?? ''] ?? 'stop'
  return { kind: 'done', finishReason, info: data.wentu as AnswerInfo, text: data.text }
}

/** Where a reader of a job's stream stands: the id of the last event that it has seen, "" for none. */
export interface Place {
  job: string
  lastId: string
}

/**
 * The events of a job after `place`, which moves along; a connection that breaks is made again for as long as the
 * server keeps the answer going.
 *
 * Throws ApiError: what ended the job, or `connection_lost`.
 */
export async function* followJob(place: Place, signal: AbortSignal): AsyncGenerator<ChatEvent> {
  let brokenSince: number | null = null
  for (;;) {
    try {
      for await (const event of once(place, signal)) {
        brokenSince = null
        yield event
        if (event.kind === 'done') return
      }
    } catch (problem) {
      const final = problem instanceof ApiError && !['unreachable', 'connection_lost', 'busy'].includes(problem.code)
      if (final || signal.aborted || isAbort(problem)) throw problem
    }
    signal.throwIfAborted()
    brokenSince ??= Date.now()
    if (Date.now() - brokenSince > COME_BACK_MS) throw connectionLost()
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}

async function* once(place: Place, signal: AbortSignal): AsyncGenerator<ChatEvent> {
  const headers: Record<string, string> = { Accept: 'text/event-stream' }
  if (place.lastId) headers['Last-Event-ID'] = place.lastId
  const response = await open(`/v1/jobs/${place.job}/events`, { headers, signal })
  if (!response.body) return
  for await (const { id, event: name, data } of readEvents(response.body, SILENCE_MS, signal)) {
    const parsed = JSON.parse(data) as Data
    if (name === 'failed') throw errorFrom(parsed, 0)
    const event = eventOf(name, parsed)
    if (event) yield event
    if (id) place.lastId = id
  }
}

/** Stops a job for good. */
export async function cancelJob(job: string): Promise<void> {
  await finish(client.DELETE('/v1/jobs/{job_id}', { params: { path: { job_id: job } } }))
}
