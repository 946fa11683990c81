import { open } from './client'
import type { KnowledgeVersion } from './support'

/** Takes a file into the knowledge base; the version says what was refused. Throws ApiError. */
export async function importKnowledge(file: File): Promise<KnowledgeVersion> {
  const form = new FormData()
  form.append('file', file, file.name)
  return (await (await open('/v1/knowledge/imports', { method: 'POST', body: form })).json()) as KnowledgeVersion
}
