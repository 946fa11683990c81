import { client, finish, open, unwrap } from './client'
import type { Session, SessionPage, SessionWithMessages } from './types'

export const SESSIONS_PER_PAGE = 30

/** Sessions, newest first; `query` searches titles and messages, `after` is the last id of the page before. */
export async function listSessions(query: string, after?: string): Promise<SessionPage> {
  const search = { limit: SESSIONS_PER_PAGE, ...(query ? { query } : {}), ...(after ? { after } : {}) }
  return await unwrap(client.GET('/v1/sessions', { params: { query: search } }))
}

export async function createSession(): Promise<Session> {
  return await unwrap(client.POST('/v1/sessions', { body: {} }))
}

export async function loadSession(id: string): Promise<SessionWithMessages> {
  const path = { params: { path: { session_id: id } } }
  return (await unwrap(client.GET('/v1/sessions/{session_id}', path))) as SessionWithMessages
}

export async function patchSession(id: string, change: { title?: string; head?: string }): Promise<Session> {
  const path = { params: { path: { session_id: id } }, body: change }
  return await unwrap(client.PATCH('/v1/sessions/{session_id}', path))
}

export const deleteSession = (id: string): Promise<void> =>
  finish(client.DELETE('/v1/sessions/{session_id}', { params: { path: { session_id: id } } }))

/** The file that the server exports, and the name it should be saved under. */
export async function exportSession(id: string, format: 'markdown' | 'json'): Promise<{ blob: Blob; name: string }> {
  const response = await open(`/v1/sessions/${encodeURIComponent(id)}/export?format=${format}`)
  return { blob: await response.blob(), name: `wentu-${id}.${format === 'json' ? 'json' : 'md'}` }
}
