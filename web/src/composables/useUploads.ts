import { computed, onScopeDispose, ref } from 'vue'

import { asApiError } from '@/api/errors'
import { deletePicture, takeSample, uploadPicture } from '@/api/pictures'
import type { ErrorBody, Picture } from '@/api/types'

import { sizeText } from './sizeText'

/** A picture for the next question, from the moment it was chosen. Nothing that was chosen disappears unsaid. */
export interface Attachment {
  key: number
  name: string
  /** Null for a sample, which the server already has. */
  file: File | null
  state: 'uploading' | 'checking' | 'ready' | 'refused'
  /** Share that has been sent, 0..1. */
  progress: number
  /** Page of a PDF, from 1. */
  page: number
  picture: Picture | null
  error: ErrorBody | null
}

export interface UploadLimits {
  maxBytes: number
  maxPictures: number
  /** Pictures that the conversation already holds. */
  used: number
}

/** Uploads that start as soon as a picture is chosen; each has its own progress and its own error. */
export function useUploads(limits: () => UploadLimits) {
  const attachments = ref<Attachment[]>([])
  const aborts = new Map<number, AbortController>()
  let keys = 0

  const busy = computed(() => attachments.value.some(({ state }) => state === 'uploading' || state === 'checking'))
  const ready = computed(() => attachments.value.flatMap(({ picture }) => picture ?? []))
  const find = (key: number) => attachments.value.find((attachment) => attachment.key === key)

  function refusal(file: File): ErrorBody | null {
    const { maxBytes, maxPictures, used } = limits()
    const taken = attachments.value.filter(({ state }) => state !== 'refused').length
    if (used + taken >= maxPictures) {
      return { code: 'too_many_pictures', message: 'Too many pictures.', params: { max_pictures: String(maxPictures) } }
    }
    if (file.size > maxBytes) {
      return { code: 'image_too_large', message: 'The file is too large.', params: { max_size: sizeText(maxBytes) } }
    }
    return null
  }

  function place(name: string, file: File | null, error: ErrorBody | null): number {
    const key = ++keys
    const state = error ? 'refused' : 'uploading'
    attachments.value.push({ key, name, file, state, progress: 0, page: 1, picture: null, error })
    return key
  }

  async function settle(key: number, work: Promise<Picture>): Promise<void> {
    try {
      const picture = await work
      const attachment = find(key)
      if (attachment) Object.assign(attachment, { picture, state: 'ready', error: null })
      else forget(picture)
    } catch (problem) {
      const attachment = find(key)
      if (attachment) Object.assign(attachment, { state: 'refused', error: asApiError(problem).body })
    }
  }

  /** A picture that nobody asks about is not left on the server. */
  function forget(picture: Picture | null): void {
    if (picture) void deletePicture(picture.id).catch(() => undefined)
  }

  async function send(key: number, page?: number): Promise<void> {
    const attachment = find(key)
    if (!attachment?.file) return
    aborts.get(key)?.abort()
    const abort = new AbortController()
    aborts.set(key, abort)
    Object.assign(attachment, { state: 'uploading', progress: 0, picture: null, error: null })
    const onProgress = (fraction: number) => {
      attachment.progress = fraction
      if (fraction >= 1) attachment.state = 'checking'
    }
    const options = { signal: abort.signal, onProgress, ...(page === undefined ? {} : { page }) }
    await settle(key, uploadPicture(attachment.file, options))
    if (aborts.get(key) === abort) aborts.delete(key)
  }

  function add(files: Iterable<File>): void {
    for (const file of files) {
      const error = refusal(file)
      const key = place(file.name, file, error)
      if (!error) void send(key)
    }
  }

  /** Notes something that is no file (a dropped folder), so that it is not dropped silently. */
  function refuse(name: string, code: string): void {
    place(name, null, { code, message: code, params: { name } })
  }

  async function addSample(id: string, name: string): Promise<void> {
    await settle(place(name, null, null), takeSample(id))
  }

  function remove(key: number): void {
    aborts.get(key)?.abort()
    forget(find(key)?.picture ?? null)
    attachments.value = attachments.value.filter((attachment) => attachment.key !== key)
  }

  function retry(key: number): void {
    const attachment = find(key)
    if (!attachment?.file) return
    attachments.value = attachments.value.filter((other) => other.key !== key)
    add([attachment.file])
  }

  /** Another page of a PDF in the place of the one shown. */
  async function turnTo(key: number, page: number): Promise<void> {
    const attachment = find(key)
    if (!attachment) return
    const old = attachment.picture
    attachment.page = page
    await send(key, page)
    forget(old)
  }

  /** The pictures for the question that is being asked; what was refused stays, with its reason. */
  function take(): Attachment[] {
    const taken = attachments.value.filter(({ state }) => state === 'ready')
    attachments.value = attachments.value.filter(({ state }) => state !== 'ready')
    return taken
  }

  function putBack(taken: readonly Attachment[]): void {
    attachments.value = [...taken, ...attachments.value]
  }

  onScopeDispose(() => aborts.forEach((abort) => abort.abort()))

  return { attachments, busy, ready, add, refuse, addSample, remove, retry, turnTo, take, putBack }
}

export type Uploads = ReturnType<typeof useUploads>
