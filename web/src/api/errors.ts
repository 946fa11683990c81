import type { ErrorBody } from './types'

/** An error as the server names it. The page's own codes: `unreachable` (no answer), `connection_lost` (cut in mid-answer). */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: string
  readonly hint: string
  readonly params: Record<string, string>

  constructor(
    body: ErrorBody,
    readonly status = 0,
    readonly retryAfterS: number | null = null,
  ) {
    super(body.message)
    this.code = body.code
    this.hint = body.hint ?? ''
    this.params = body.params ?? {}
  }

  get body(): ErrorBody {
    return { code: this.code, message: this.message, hint: this.hint, params: this.params }
  }
}

export const unreachable = () => new ApiError({ code: 'unreachable', message: 'The server does not answer.' })
export const connectionLost = () =>
  new ApiError({ code: 'connection_lost', message: 'The connection broke before the answer was complete.' })

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** The error inside an OpenAI-style body (`{"error": {...}}`), or a plain one that names the HTTP status. */
export function errorFrom(json: unknown, status: number, retryAfter: string | null = null): ApiError {
  const seconds = retryAfter === null ? Number.NaN : Number(retryAfter)
  const wait = Number.isFinite(seconds) ? seconds : null
  const error = isObject(json) && isObject(json.error) ? json.error : null
  if (!error) return new ApiError({ code: `http_${status}`, message: `The server answered ${status}.` }, status, wait)
  const text = (key: string) => (typeof error[key] === 'string' ? error[key] : '')
  const params = isObject(error.params)
    ? Object.fromEntries(Object.entries(error.params).map(([key, value]) => [key, String(value)]))
    : {}
  const code = text('code') || text('type') || `http_${status}`
  return new ApiError({ code, message: text('message'), hint: text('hint'), params }, status, wait)
}

/** Any thrown value as an ApiError: fetch's TypeError means that nobody answered. */
export function asApiError(problem: unknown): ApiError {
  if (problem instanceof ApiError) return problem
  if (problem instanceof TypeError) return unreachable()
  return new ApiError({ code: 'page_error', message: problem instanceof Error ? problem.message : String(problem) })
}

export function isAbort(problem: unknown): boolean {
  return problem instanceof DOMException && problem.name === 'AbortError'
}
