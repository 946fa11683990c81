import { client, finish, unwrap } from './client'
import type { components } from './schema'

type Schemas = components['schemas']
export type Rollout = Schemas['RolloutOut']
export type Version = Schemas['VersionManifestOut']
export type Analysis = NonNullable<Rollout['analysis']>
export type Decision = Schemas['DecisionOut']
export type Pair = Schemas['PairOut']
export type Interval = Schemas['Interval']
export type Choice = 'left' | 'right' | 'tie'
export type Thumb = 'up' | 'down' | 'none'

export const loadRollout = (): Promise<Rollout> => unwrap(client.GET('/v1/rollout'))

export const startCanary = (version: string, percent: number, auto: boolean): Promise<unknown> =>
  unwrap(client.POST('/v1/rollout/canary', { body: { version, percent, auto, reason: '' } }))

export const startShadow = (version: string): Promise<unknown> =>
  unwrap(client.POST('/v1/rollout/shadow', { body: { version, reason: '' } }))

export const pause = (): Promise<unknown> => unwrap(client.POST('/v1/rollout/pause', { body: { reason: '' } }))

export const resume = (): Promise<unknown> => unwrap(client.POST('/v1/rollout/resume', { body: { reason: '' } }))

/** Makes the candidate stable. */
export const promote = (): Promise<unknown> =>
  unwrap(client.POST('/v1/rollout/promote', { body: { version: '', reason: '' } }))

export const rollback = (): Promise<unknown> => unwrap(client.POST('/v1/rollout/rollback', { body: { reason: '' } }))

/** Two answers to judge; null when there is none left. */
export async function nextPair(): Promise<Pair | null> {
  const { pair } = await unwrap(client.GET('/v1/rollout/pairs/next', { params: { query: {} } }))
  return pair
}

export const vote = ({ recording, stable, candidate }: Pair, choice: Choice): Promise<void> =>
  finish(client.POST('/v1/rollout/votes', { body: { recording, stable, candidate, choice } }))

/** What the asker thinks of an answer. */
export const rate = (job: string, thumb: Thumb): Promise<void> =>
  finish(client.POST('/v1/feedback', { body: { job, thumb } }))
