import { client, unwrap } from './client'
import type { components } from './schema'

export type Overview = components['schemas']['OverviewOut']

export async function loadOverview(): Promise<Overview> {
  return await unwrap(client.GET('/v1/overview'))
}
