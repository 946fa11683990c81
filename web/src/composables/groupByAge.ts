import type { Session } from '@/api/types'

export type Age = 'today' | 'yesterday' | 'week' | 'older'

const DAY_MS = 86_400_000

function ageOf(updatedS: number, midnightMs: number): Age {
  const days = Math.ceil((midnightMs - updatedS * 1000) / DAY_MS)
  if (days <= 0) return 'today'
  if (days === 1) return 'yesterday'
  return days <= 7 ? 'week' : 'older'
}

/** Sessions by how long ago they were last used, in the order in which they came. */
export function groupByAge(sessions: readonly Session[], now = new Date()): { age: Age; sessions: Session[] }[] {
  const midnightMs = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime()
  const groups = new Map<Age, Session[]>()
  for (const session of sessions) {
    const age = ageOf(session.updated_at, midnightMs)
    groups.set(age, [...(groups.get(age) ?? []), session])
  }
  return [...groups].map(([age, members]) => ({ age, sessions: members }))
}
