import type { Message } from '@/api/types'

/** The conversation as shown: from the first question down to `head`. */
export function pathTo(messages: readonly Message[], head: string | null): Message[] {
  const byId = new Map(messages.map((message) => [message.id, message]))
  const path: Message[] = []
  for (
    let at = head === null ? undefined : byId.get(head);
    at;
    at = at.parent === null ? undefined : byId.get(at.parent)
  ) {
    path.push(at)
    if (path.length > messages.length) break
  }
  return path.reverse()
}

/** The versions of a message (edited questions, answers given again), oldest first. */
export function versionsOf(messages: readonly Message[], message: Message): Message[] {
  return messages.filter(({ parent, role }) => parent === message.parent && role === message.role)
}

/** The last message below `id`, following the newest version at each step. */
export function newestLeaf(messages: readonly Message[], id: string): string {
  const child = messages.findLast((message) => message.parent === id)
  return child ? newestLeaf(messages, child.id) : id
}
