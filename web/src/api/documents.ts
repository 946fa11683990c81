import { client, open, unwrap } from './client'
import type { components } from './schema'
import { PICTURE_SCHEME } from './types'

type Schemas = components['schemas']

/** The fields of one document by their dotted ids. */
export type Extraction = Schemas['ExtractionOut']
export type FieldObject = Schemas['FieldOut']
export type FieldStatus = FieldObject['status']

/** The types of docs/documents.md; "auto" finds out. */
export const DOCUMENT_TYPES = [
  'auto',
  'id-card-front',
  'id-card-back',
  'vat-invoice',
  'digital-invoice',
  'business-licence',
  'bank-card',
  'contract',
  'receipt',
] as const
export type DocumentType = (typeof DOCUMENT_TYPES)[number]

export type TableFormat = 'csv' | 'xlsx'
export interface TableDocument {
  id: string
  type: string
  fields: Record<string, { value: FieldObject['value']; status: string }>
}

/** Reads the fields of an uploaded picture. Throws ApiError. */
export async function extractDocument(picture: string, type: string): Promise<Extraction> {
  const body = { pictures: [PICTURE_SCHEME + picture], type, fields: null, model: 'stable', full_numbers: false }
  // The client takes a point for a list of any length.
  return (await unwrap(client.POST('/v1/extractions', { body }))) as Extraction
}

/** The documents as a spreadsheet. Throws ApiError. */
export async function exportDocuments(format: TableFormat, documents: TableDocument[]): Promise<Blob> {
  const body = JSON.stringify({ format, documents })
  const headers = { 'Content-Type': 'application/json' }
  return await (await open('/v1/extractions/export', { method: 'POST', body, headers })).blob()
}
