import { client, unwrap } from './client'
import type { components } from './schema'

type Schemas = components['schemas']

export type Review = Schemas['ReviewOut']
export type ReviewState = Review['state']
export type Effect = Schemas['EffectOut']
export type Verdict = Schemas['DecisionIn']['verdict']

export async function listReviews(state: ReviewState): Promise<Schemas['ReviewsOut']> {
  return await unwrap(client.GET('/v1/reviews', { params: { query: { state, limit: 50 } } }))
}

export async function loadReview(id: string): Promise<Review> {
  return await unwrap(client.GET('/v1/reviews/{review_id}', { params: { path: { review_id: id } } }))
}

export async function decideReview(id: string, verdict: Verdict, text?: string): Promise<Review> {
  const params = { path: { review_id: id } }
  const body = text === undefined ? { verdict } : { verdict, text }
  return await unwrap(client.POST('/v1/reviews/{review_id}/decision', { params, body }))
}

export const reviewPicture = (id: string, number: number): string =>
  `/v1/reviews/${encodeURIComponent(id)}/pictures/${String(number)}`

/** The policy in force as indented JSON, and its version. */
export async function loadPolicy(): Promise<{ version: number; text: string }> {
  const { in_force: version } = await unwrap(client.GET('/v1/policies'))
  const found = await unwrap(client.GET('/v1/policies/{version}', { params: { path: { version } } }))
  return { version, text: JSON.stringify(found.policy, null, 2) }
}

export async function tryPolicy(policy: Record<string, unknown>): Promise<Effect> {
  return await unwrap(client.POST('/v1/policies/dry-run', { body: { policy } }))
}

/** The version under which it is in force from now on, for this share of the sessions. */
export async function publishPolicy(policy: Record<string, unknown>, percent: number): Promise<number> {
  return (await unwrap(client.POST('/v1/policies', { body: { policy, percent, auto: false } }))).version
}
