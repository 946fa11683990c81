/**
 * The wire shapes of docs/http.md that the page works with.
 *
 * Most are the generated ones by a shorter name; the rest is what openapi.json leaves open: the parts of a message
 * and the chunks of a stream.
 */
import type { components } from './schema'

export type AnswerStatus = components['schemas']['WentuOut']['status']
export type FinishReason = 'stop' | 'length' | 'content_filter'
export type Point = [x: number, y: number]

export type Stage =
  | 'queued'
  | 'reading_picture'
  | 'reading_text'
  | 'loading_model'
  | 'encoding'
  | 'reading_prompt'
  | 'writing'
  | 'checking'

/** Every error body of the server, and of the page itself where no server answered. */
export interface ErrorBody {
  code: string
  message: string
  hint?: string
  params?: Record<string, string>
}

type Schemas = components['schemas']

/** The dial of a question, and what each of its settings is expected to take. */
export type Detail = Schemas['DetailOut']['detail']
export type Estimate = Schemas['EstimateOut']

/** An uploaded picture. Sizes are pixels, times Unix seconds; `pages` is set for a PDF. */
export type Picture = Schemas['PictureOut']

/** A stretch of the answer (Unicode code points) and the polygon (picture pixels) that it rests on. */
export type Evidence = Omit<Schemas['EvidenceOut'], 'polygon'> & { polygon: Point[] }

/** What wentu adds to an answer. `timings` are seconds by stage. */
export type AnswerInfo = Omit<Schemas['WentuOut'], 'evidence'> & { evidence: Evidence[] }

export interface Progress {
  stage: Stage
  fraction?: number | null
  position?: number | null
  wait_s?: number | null
}

export type Part = { type: 'text'; text: string } | { type: 'image_url'; image_url: { url: string } }

/** One message of a session; `pictures` maps a picture's id to the picture, or to null where it has expired. */
export type Message = Omit<Schemas['MessageOut'], 'content' | 'error' | 'wentu'> & {
  content: Part[]
  error: ErrorBody | null
  wentu: AnswerInfo | null
}

export type Session = Schemas['SessionOut']
export type SessionWithMessages = Session & { messages: Message[] }
export type SessionPage = Schemas['SessionsOut']
export type Sample = Schemas['SampleOut']
export type Status = Schemas['StatusOut']
export type Language = 'zh-CN' | 'en'

export const PICTURE_SCHEME = 'wentu:'

/** The ids of the uploaded pictures in a message, in the order in which they were sent. */
export function pictureIds(content: readonly Part[]): string[] {
  return content
    .flatMap((part) => (part.type === 'image_url' ? [part.image_url.url] : []))
    .filter((url) => url.startsWith(PICTURE_SCHEME))
    .map((url) => url.slice(PICTURE_SCHEME.length))
}

export function textOf(content: readonly Part[]): string {
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}
