import { client, finish, unwrap } from './client'
import type { components } from './schema'

export type SupportCase = components['schemas']['SupportCaseOut']
export type KnowledgeVersion = components['schemas']['VersionOfKnowledge']
export type Found = components['schemas']['FoundOut']
export type Correction = components['schemas']['CorrectionOut']
export type Figures = components['schemas']['FiguresOut']

export async function waitingCases(): Promise<SupportCase[]> {
  return (await unwrap(client.GET('/v1/support/cases', { params: { query: { state: 'waiting' } } }))).data
}

export const replyTo = (id: string, answer: string, remember: boolean): Promise<void> =>
  finish(
    client.POST('/v1/support/cases/{case_id}/reply', { params: { path: { case_id: id } }, body: { answer, remember } }),
  )

export const casePicture = (id: string, index: number): string =>
  `/v1/support/cases/${encodeURIComponent(id)}/pictures/${index}`

/** A place in a picture that a case rests on: a polygon in picture pixels, and the text that stands there. */
export interface Mark {
  text: string
  polygon: [number, number][]
}

/** What was read in the picture with this index. */
export function marksOf(one: SupportCase, index: number): Mark[] {
  return (one.shown.citations as Partial<Mark & { picture: number }>[]).flatMap(({ picture, text, polygon }) =>
    picture === index && polygon ? [{ text: text ?? '', polygon }] : [],
  )
}

/** Every version, the newest first, and the name of the copy that waits to be tried. */
export const knowledgeVersions = (): Promise<components['schemas']['VersionsOfKnowledge']> =>
  unwrap(client.GET('/v1/knowledge/versions'))

export const rollBack = (number: number): Promise<void> =>
  finish(client.POST('/v1/knowledge/versions/{number}/rollback', { params: { path: { number } } }))

export const searchKnowledge = (query: string): Promise<Found> =>
  unwrap(client.GET('/v1/knowledge/search', { params: { query: { query } } }))

export async function corrections(): Promise<Correction[]> {
  return (await unwrap(client.GET('/v1/knowledge/corrections'))).data
}

export const supportFigures = (): Promise<Figures> => unwrap(client.GET('/v1/support/figures'))
