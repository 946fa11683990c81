import { defineStore } from 'pinia'
import { ref } from 'vue'

import { type ApiError, asApiError } from '@/api/errors'
import { deleteSession, listSessions, patchSession } from '@/api/sessions'
import type { Session } from '@/api/types'

/** The list of conversations, as the server keeps it. */
export const useHistory = defineStore('history', () => {
  const sessions = ref<Session[]>([])
  const query = ref('')
  const hasMore = ref(false)
  const loading = ref(true)
  const error = ref<ApiError | null>(null)
  let latest = 0

  /** The first page for `query`, or the next one. An answer that a later request overtook is dropped. */
  async function load(more = false): Promise<void> {
    const mine = ++latest
    loading.value = true
    try {
      const page = await listSessions(query.value, more ? sessions.value.at(-1)?.id : undefined)
      if (mine !== latest) return
      sessions.value = more ? [...sessions.value, ...page.data] : page.data
      hasMore.value = page.has_more
      error.value = null
    } catch (problem) {
      if (mine === latest) error.value = asApiError(problem)
    } finally {
      if (mine === latest) loading.value = false
    }
  }

  async function search(text: string): Promise<void> {
    query.value = text.trim()
    await load()
  }

  async function rename(id: string, title: string): Promise<void> {
    const renamed = await patchSession(id, { title })
    sessions.value = sessions.value.map((session) => (session.id === id ? renamed : session))
  }

  async function remove(id: string): Promise<void> {
    await deleteSession(id)
    sessions.value = sessions.value.filter((session) => session.id !== id)
  }

  return { sessions, query, hasMore, loading, error, load, search, rename, remove }
})
