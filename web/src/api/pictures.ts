import { client, finish, open, unwrap } from './client'
import { ApiError, errorFrom, unreachable } from './errors'
import { announceUnauthorized, authHeaders } from './key'
import type { Picture, Sample } from './types'

export interface UploadOptions {
  /** Page of a PDF, from 1. */
  page?: number
  signal?: AbortSignal
  /** Called with the share that has been sent, 0..1. */
  onProgress?: (fraction: number) => void
}

/** Uploads a picture. XMLHttpRequest, because fetch can't say how much has been sent. Rejects with ApiError. */
export function uploadPicture(file: File, options: UploadOptions = {}): Promise<Picture> {
  const form = new FormData()
  if (options.page !== undefined) form.append('page', String(options.page))
  form.append('file', file, file.name)
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    xhr.open('POST', new URL('/v1/pictures', location.origin))
    for (const [name, value] of Object.entries(authHeaders())) xhr.setRequestHeader(name, value)
    xhr.responseType = 'text'
    xhr.upload.onprogress = (event) => event.lengthComputable && options.onProgress?.(event.loaded / event.total)
    xhr.onerror = () => reject(unreachable())
    xhr.onabort = () => reject(new ApiError({ code: 'cancelled', message: 'The upload was stopped.' }))
    xhr.onload = () => {
      if (xhr.status === 401) announceUnauthorized()
      const json = parse(xhr.responseText)
      if (xhr.status < 300 && json !== null) resolve(json as Picture)
      else reject(errorFrom(json, xhr.status, xhr.getResponseHeader('Retry-After')))
    }
    options.signal?.addEventListener('abort', () => xhr.abort(), { once: true })
    xhr.send(form)
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export const deletePicture = (id: string): Promise<void> =>
  finish(client.DELETE('/v1/pictures/{picture_id}', { params: { path: { picture_id: id } } }))

export const pictureAddress = (id: string): string => `/v1/pictures/${encodeURIComponent(id)}/content`
export const sampleAddress = (id: string): string => `/v1/samples/${encodeURIComponent(id)}/content`

/** The bytes behind an address that needs the API key. Throws ApiError. */
export async function fetchBlob(path: string, signal?: AbortSignal): Promise<Blob> {
  return await (await open(path, signal ? { signal } : {})).blob()
}

export async function listSamples(): Promise<Sample[]> {
  return (await unwrap(client.GET('/v1/samples'))).data
}

/** A picture made from a sample, as if it had been uploaded. */
export async function takeSample(id: string): Promise<Picture> {
  return await unwrap(client.POST('/v1/samples/{sample_id}', { params: { path: { sample_id: id } } }))
}
