import { open } from './client'
import type { KnowledgeVersion } from './support'

/** Takes a file into the knowledge base, or with `stage` into a copy that is tried first; the version says what was
 * refused. Throws ApiError. */
export async function importKnowledge(file: File, stage: boolean): Promise<KnowledgeVersion> {
  const form = new FormData()
  form.append('file', file, file.name)
  if (stage) form.append('stage', 'true')
  return (await (await open('/v1/knowledge/imports', { method: 'POST', body: form })).json()) as KnowledgeVersion
}
