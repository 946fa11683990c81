import { client, unwrap } from './client'
import type { Status } from './types'

export async function loadStatus(): Promise<Status> {
  return await unwrap(client.GET('/v1/status'))
}
