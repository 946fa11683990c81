import { computed, ref } from 'vue'

import {
  exportDocuments,
  extractDocument,
  type Extraction,
  type FieldObject,
  type TableDocument,
  type TableFormat,
} from '@/api/documents'
import { asApiError } from '@/api/errors'
import { fetchBlob, sampleAddress, uploadPicture } from '@/api/pictures'
import type { ErrorBody, Picture } from '@/api/types'

/** One scan, from the moment it was dropped. `edits` are values corrected by hand, by field. */
export interface Scan {
  key: number
  file: File
  state: 'waiting' | 'uploading' | 'reading' | 'done' | 'failed'
  picture: Picture | null
  result: Extraction | null
  error: ErrorBody | null
  edits: Record<string, string>
}

/** Scans read at the same time: one is read while the next is on its way. */
const AT_ONCE = 2
/** Statuses that a person should look at. */
export const DOUBTFUL: readonly string[] = ['conflict', 'inferred', 'unreadable']

/** Many scans read one after the other; each has its own state, result and error. */
export function useDocuments() {
  const scans = ref<Scan[]>([])
  const selected = ref<number | null>(null)
  let keys = 0
  let running = 0

  const current = computed(() => scans.value.find(({ key }) => key === selected.value) ?? null)
  const finished = computed(() => scans.value.filter(({ state }) => state === 'done' || state === 'failed').length)

  function add(files: Iterable<File>, type: string): void {
    for (const file of files) {
      const key = ++keys
      scans.value.push({ key, file, state: 'waiting', picture: null, result: null, error: null, edits: {} })
      selected.value ??= key
    }
    next(type)
  }

  /** Adds a sample as if it had been chosen from this machine. Throws ApiError. */
  async function addSample(id: string, name: string, type: string): Promise<void> {
    const blob = await fetchBlob(sampleAddress(id))
    add([new File([blob], name, { type: blob.type })], type)
  }

  function next(type: string): void {
    const scan = scans.value.find(({ state }) => state === 'waiting')
    if (!scan || running >= AT_ONCE) return
    running++
    void read(scan, type).finally(() => {
      running--
      next(type)
    })
    next(type)
  }

  async function read(scan: Scan, type: string): Promise<void> {
    Object.assign(scan, { state: 'uploading', error: null })
    try {
      scan.picture ??= await uploadPicture(scan.file)
      scan.state = 'reading'
      scan.result = await extractDocument(scan.picture.id, type)
      scan.state = 'done'
    } catch (problem) {
      Object.assign(scan, { state: 'failed', error: asApiError(problem).body })
    }
  }

  function retry(scan: Scan, type: string): void {
    Object.assign(scan, { state: 'waiting', error: null })
    next(type)
  }

  function edit(scan: Scan, field: string, text: string): void {
    const before = scan.result?.fields[field]
    if (text === String(before?.value ?? '')) scan.edits = without(scan.edits, field)
    else scan.edits = { ...scan.edits, [field]: text }
  }

  async function table(format: TableFormat): Promise<Blob> {
    return await exportDocuments(format, scans.value.flatMap(asRow))
  }

  /** Every result as it came, with the corrections beside it. */
  function jsonLines(): Blob {
    const lines = scans.value.flatMap(({ file, result, edits }) =>
      result ? [JSON.stringify({ ...result, id: file.name, corrections: edits })] : [],
    )
    return new Blob(
      lines.map((line) => line + '\n'),
      { type: 'application/jsonl' },
    )
  }

  return { scans, selected, current, finished, add, addSample, retry, edit, table, jsonLines }
}

function without(edits: Record<string, string>, field: string): Record<string, string> {
  return Object.fromEntries(Object.entries(edits).filter(([name]) => name !== field))
}

/** A field's value after correction. */
export function shown(scan: Scan, field: string, one: FieldObject): FieldObject['value'] {
  return scan.edits[field] ?? one.value
}

function asRow(scan: Scan): TableDocument[] {
  if (!scan.result) return []
  const fields = Object.entries(scan.result.fields)
    .filter(([name, { status }]) => status !== 'absent' || name in scan.edits)
    .map(([name, one]) => [
      name,
      { value: shown(scan, name, one), status: name in scan.edits ? 'verified' : one.status },
    ])
  return [{ id: scan.file.name, type: scan.result.type, fields: Object.fromEntries(fields) as TableDocument['fields'] }]
}
