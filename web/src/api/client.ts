import createClient from 'openapi-fetch'

import { asApiError, type ApiError, errorFrom } from './errors'
import { announceUnauthorized, authHeaders } from './key'
import type { paths } from './schema'

/** `fetch` with the API key; a 401 is announced, so that the page can ask for a key. */
export async function keyedFetch(input: Request | string, init: RequestInit = {}): Promise<Response> {
  const request = new Request(input instanceof Request ? input : new URL(input, location.origin), init)
  for (const [name, value] of Object.entries(authHeaders())) request.headers.set(name, value)
  const response = await fetch(request)
  if (response.status === 401) announceUnauthorized()
  return response
}

export const client = createClient<paths>({ baseUrl: location.origin, fetch: keyedFetch })

interface Result<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The data of a call. Throws ApiError, also where nobody answered. */
export async function unwrap<T>(call: Promise<Result<T>>): Promise<T> {
  let result: Result<T>
  try {
    result = await call
  } catch (problem) {
    throw asApiError(problem)
  }
  if (!result.response.ok) throw failure(result.response, result.error)
  return result.data as T
}

/** Like `unwrap` for answers without a body (204). */
export async function finish(call: Promise<Result<unknown>>): Promise<void> {
  await unwrap(call)
}

export function failure(response: Response, body: unknown): ApiError {
  return errorFrom(body, response.status, response.headers.get('Retry-After'))
}

/** The answer to a plain GET or POST, for files and streams. Throws ApiError. */
export async function open(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response
  try {
    response = await keyedFetch(path, init)
  } catch (problem) {
    if (init.signal?.aborted) throw problem
    throw asApiError(problem)
  }
  if (!response.ok) throw failure(response, await response.json().catch(() => null))
  return response
}
