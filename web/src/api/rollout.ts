import { client, finish, open, unwrap } from './client'
import type { components } from './schema'

type Schemas = components['schemas']
export type Rollout = Schemas['RolloutOut']
export type Version = Schemas['VersionManifestOut']
export type Analysis = NonNullable<Rollout['analysis']>
export type Decision = Schemas['DecisionOut']
export type Pair = Schemas['PairOut']
export type Interval = Schemas['Interval']
export type Kind = Decision['kind']
export type Report = Schemas['Report']
export type Choice = 'left' | 'right' | 'tie'
export type Thumb = 'up' | 'down' | 'none'

export const loadRollout = (): Promise<Rollout> => unwrap(client.GET('/v1/rollout'))

export const startCanary = (of: Kind, version: string, percent: number, auto: boolean): Promise<unknown> =>
  unwrap(client.POST('/v1/rollout/canary', { body: { of, version, percent, auto, reason: '' } }))

export const startShadow = (version: string): Promise<unknown> =>
  unwrap(client.POST('/v1/rollout/shadow', { body: { version, reason: '' } }))

export const pause = (of: Kind): Promise<unknown> =>
  unwrap(client.POST('/v1/rollout/pause', { body: { of, reason: '' } }))

export const resume = (of: Kind): Promise<unknown> =>
  unwrap(client.POST('/v1/rollout/resume', { body: { of, reason: '' } }))

/** Makes the candidate stable, or the named one at once. */
export const promote = (of: Kind, version = ''): Promise<unknown> =>
  unwrap(client.POST('/v1/rollout/promote', { body: { of, version, reason: '' } }))

export const rollback = (of: Kind): Promise<unknown> =>
  unwrap(client.POST('/v1/rollout/rollback', { body: { of, reason: '' } }))

/** The stable version and this one on the recorded questions. */
export async function loadReport(candidate: string): Promise<Report> {
  const query = new URLSearchParams({ candidate })
  const answer = await open(`/v1/rollout/report?${query.toString()}`)
  return ((await answer.json()) as { report: Report }).report
}

/** The same as a page or a table. Throws ApiError. */
export async function reportFile(candidate: string, format: 'html' | 'csv'): Promise<Blob> {
  const query = new URLSearchParams({ candidate, format, download: 'true' })
  return await (await open(`/v1/rollout/report?${query.toString()}`)).blob()
}

/** Two answers to judge; null when there is none left. */
export async function nextPair(): Promise<Pair | null> {
  const { pair } = await unwrap(client.GET('/v1/rollout/pairs/next', { params: { query: {} } }))
  return pair
}

export const vote = ({ recording, stable, candidate }: Pair, choice: Choice): Promise<void> =>
  finish(client.POST('/v1/rollout/votes', { body: { recording, stable, candidate, choice } }))

/** Erases what the asker let be recorded; how many questions it was. */
export const eraseRecordings = async (): Promise<number> => (await unwrap(client.DELETE('/v1/recordings'))).erased

/** What the asker thinks of an answer. */
export const rate = (job: string, thumb: Thumb): Promise<void> =>
  finish(client.POST('/v1/feedback', { body: { job, thumb } }))
