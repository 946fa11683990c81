import { ref } from 'vue'

import { type ApiError, asApiError } from '@/api/errors'
import { exportSession } from '@/api/sessions'
import type { Session } from '@/api/types'
import { useHistory } from '@/stores/history'

import { saveFile } from './saveFile'

/** A title as a file name that every system takes. */
function fileName(title: string, fallback: string): string {
  const [, extension = ''] = /(\.\w+)$/.exec(fallback) ?? []
  const clean = title
    .replace(/[\\/:*?"<>|\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 60)
  return clean ? clean + extension : fallback
}

/** Rename, delete and export; `failure` says what did not work, until the next try. */
export function useHistoryActions() {
  const history = useHistory()
  const failure = ref<ApiError | null>(null)

  async function attempt(work: () => Promise<void>): Promise<boolean> {
    failure.value = null
    try {
      await work()
      return true
    } catch (problem) {
      failure.value = asApiError(problem)
      return false
    }
  }

  const rename = (id: string, title: string) => attempt(() => history.rename(id, title))
  const remove = (id: string) => attempt(() => history.remove(id))
  const save = (session: Session, format: 'markdown' | 'json') =>
    attempt(async () => {
      const { blob, name } = await exportSession(session.id, format)
      saveFile(blob, fileName(session.title, name))
    })

  return { failure, rename, remove, save }
}
