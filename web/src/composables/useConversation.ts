import { computed, reactive, ref } from 'vue'

import { type Ask, type ChatEvent, streamAnswer } from '@/api/chat'
import { ApiError, asApiError, isAbort } from '@/api/errors'
import { cancelJob, followJob } from '@/api/jobs'
import { createSession, deleteSession, loadSession, patchSession } from '@/api/sessions'
import { type Message, type Part, type Picture, PICTURE_SCHEME, type Progress, textOf } from '@/api/types'

import { newestLeaf, pathTo, versionsOf } from './messageTree'

/** How often a session is read again while the server still answers for another connection. */
const RESUME_MS = 2_000

/** The rule of a retraction that is none of safety's: a worker was lost, and the answer goes on in other words. */
const RESTARTED = 'restarted'

/** The answer that is on its way. */
export interface Live {
  message: string
  progress: Progress | null
  startedMs: number
  accepted: boolean
  job: string | null
}

/** Why an answer ends where it does, where that needs saying. */
export type Ending = 'length' | 'content_filter'

export interface Question {
  text: string
  pictures: readonly Picture[]
}

let drafts = 0

function draft(role: Message['role'], parent: string | null, content: Part[], pictures: readonly Picture[]): Message {
  // Reactive from the start, so that what changes it later is seen.
  return reactive({
    id: `draft_${++drafts}`,
    parent,
    role,
    content,
    created_at: Date.now() / 1000,
    state: role === 'user' ? 'done' : 'streaming',
    error: null,
    wentu: null,
    job: null,
    pictures: Object.fromEntries(pictures.map((picture) => [picture.id, picture])),
  })
}

function contentOf({ text, pictures }: Question): Part[] {
  const images = pictures.map(({ id }): Part => ({ type: 'image_url', image_url: { url: PICTURE_SCHEME + id } }))
  return [...images, { type: 'text', text }]
}

/**
 * One conversation: its messages with all branches, and the answer that is being written.
 *
 * `ask`, `regenerate` and `editAndAsk` reject with an ApiError when the server did not take the question; nothing
 * then stays of it here, so that the caller can put it back into the box. Once it is taken, what goes wrong is
 * noted in the answer itself.
 */
export function createConversation(sessionId: string | null) {
  const id = ref(sessionId)
  const title = ref('')
  const messages = ref<Message[]>([])
  const head = ref<string | null>(null)
  const loading = ref(false)
  const loadError = ref<ApiError | null>(null)
  const live = ref<Live | null>(null)
  const endings = ref<Record<string, Ending>>({})
  const path = computed(() => pathTo(messages.value, head.value))
  const resuming = computed(() => live.value === null && path.value.some(({ state }) => state === 'streaming'))
  const pictureCount = computed(() => path.value.reduce((sum, { pictures }) => sum + Object.keys(pictures).length, 0))
  let abort: AbortController | null = null
  let closed = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const find = (messageId: string) => messages.value.find((message) => message.id === messageId)

  async function load(): Promise<void> {
    if (id.value === null) return
    loading.value = messages.value.length === 0
    try {
      const session = await loadSession(id.value)
      if (live.value || closed) return
      title.value = session.title
      messages.value = session.messages
      head.value = session.head
      loadError.value = null
      const writing = path.value.at(-1)
      if (writing?.state === 'streaming' && writing.job) void follow(writing, writing.job)
      else if (resuming.value) timer = setTimeout(() => void load(), RESUME_MS)
    } catch (problem) {
      loadError.value = asApiError(problem)
    } finally {
      loading.value = false
    }
  }

  function rename(from: string, to: string): void {
    for (const message of messages.value) {
      if (message.id === from) message.id = to
      if (message.parent === from) message.parent = to
    }
    if (head.value === from) head.value = to
  }

  function apply(event: ChatEvent, question: Message | null, answer: Message): void {
    const current = live.value
    if (!current) return
    if (event.kind === 'accepted') {
      if (question) rename(question.id, event.userMessage)
      rename(answer.id, event.message)
      live.value = { ...current, message: event.message, accepted: true, job: event.job }
    } else if (event.kind === 'progress') {
      current.progress = event.progress
    } else if (event.kind === 'token') {
      answer.content = [{ type: 'text', text: textOf(answer.content) + event.text }]
    } else if (event.kind === 'retract') {
      const kept = [...textOf(answer.content)].slice(0, event.offset).join('')
      answer.content = [{ type: 'text', text: kept + event.replacement }]
      if (event.rule !== RESTARTED) endings.value[answer.id] = 'content_filter'
    } else {
      if (event.text !== undefined) answer.content = [{ type: 'text', text: event.text }]
      answer.wentu = event.info
      answer.state = 'done'
      if (event.finishReason !== 'stop') endings.value[answer.id] = event.finishReason
    }
  }

  /** Streams one answer into `answer`. Rejects when the question was not taken. */
  async function run(
    ask: Omit<Ask, 'session'>,
    question: Message,
    answer: Message,
    onAccepted?: () => void,
  ): Promise<void> {
    const fresh = id.value === null
    const controller = new AbortController()
    abort = controller
    live.value = { message: answer.id, progress: null, startedMs: Date.now(), accepted: false, job: null }
    try {
      id.value ??= (await createSession()).id
      for await (const event of streamAnswer({ session: id.value, ...ask }, controller.signal)) {
        apply(event, question, answer)
        if (event.kind === 'accepted') onAccepted?.()
      }
    } catch (problem) {
      const stopped = controller.signal.aborted || isAbort(problem)
      const error = stopped ? new ApiError({ code: 'cancelled', message: 'Stopped.' }) : asApiError(problem)
      if (!live.value.accepted) {
        if (fresh && id.value !== null) {
          void deleteSession(id.value).catch(() => undefined)
          id.value = null
        }
        throw error
      }
      fail(answer, error)
    } finally {
      live.value = null
      abort = null
    }
  }

  function fail(answer: Message, error: ApiError): void {
    const stopped = error.code === 'cancelled'
    answer.state = stopped ? 'cancelled' : 'failed'
    answer.error = stopped ? null : error.body
  }

  /** Goes on with an answer that was being written when the page was loaded, from its first word. */
  async function follow(found: Message, job: string): Promise<void> {
    const answer = reactive(found)
    messages.value = messages.value.map((message) => (message.id === answer.id ? answer : message))
    const controller = new AbortController()
    abort = controller
    live.value = { message: answer.id, progress: null, startedMs: answer.created_at * 1_000, accepted: true, job }
    answer.content = []
    try {
      for await (const event of followJob({ job, lastId: '' }, controller.signal)) apply(event, null, answer)
    } catch (problem) {
      const stopped = controller.signal.aborted || isAbort(problem)
      fail(answer, stopped ? new ApiError({ code: 'cancelled', message: 'Stopped.' }) : asApiError(problem))
    } finally {
      live.value = null
      abort = null
    }
  }

  /** Shows the drafts at once, and takes them away again if the question is not taken. */
  async function attempt(drafts: Message[], work: () => Promise<void>): Promise<void> {
    const before = head.value
    messages.value.push(...drafts)
    head.value = drafts.at(-1)?.id ?? before
    try {
      await work()
    } catch (problem) {
      messages.value = messages.value.filter((message) => !drafts.includes(message))
      head.value = before
      throw problem
    }
  }

  async function askAfter(parent: string | null, asked: Question, onAccepted?: () => void): Promise<void> {
    if (live.value) return
    const content = contentOf(asked)
    const question = draft('user', parent, content, asked.pictures)
    const answer = draft('assistant', question.id, [], [])
    await attempt([question, answer], () => run({ content, parent }, question, answer, onAccepted))
  }

  const ask = (asked: Question, onAccepted?: () => void) => askAfter(head.value, asked, onAccepted)

  /** Asks the same question once more; the new answer stands beside the old one. */
  async function regenerate(answered: Message): Promise<void> {
    const question = answered.parent === null ? undefined : find(answered.parent)
    if (live.value || !question) return
    const answer = draft('assistant', question.id, [], [])
    await attempt([answer], () => run({ regenerate: question.id }, question, answer))
  }

  /** Asks with other words in the place of `question`; its pictures stay, its old branch too. */
  async function editAndAsk(question: Message, text: string): Promise<void> {
    const pictures = Object.values(question.pictures).filter((picture) => picture !== null)
    await askAfter(question.parent, { text, pictures })
  }

  /** Shows another version of a message with the newest of what follows, and has the server remember it. */
  function show(version: Message): void {
    head.value = newestLeaf(messages.value, version.id)
    if (id.value !== null) void patchSession(id.value, { head: head.value }).catch(() => undefined)
  }

  /** Ends the answer here at once and on the server at its next word. */
  function stop(): void {
    const job = live.value?.job
    if (job) void cancelJob(job).catch(() => undefined)
    abort?.abort()
  }

  const versions = (message: Message) => versionsOf(messages.value, message)

  /** Ends reading again and again; an answer that is on its way goes on. */
  function close(): void {
    closed = true
    clearTimeout(timer)
  }

  function reopen(): void {
    closed = false
  }

  return {
    id,
    title,
    messages,
    path,
    loading,
    loadError,
    live,
    endings,
    resuming,
    pictureCount,
    load,
    ask,
    regenerate,
    editAndAsk,
    show,
    versions,
    stop,
    close,
    reopen,
  }
}

export type Conversation = ReturnType<typeof createConversation>

/** Answers that go on while another conversation is looked at. */
const running = new Map<string, Conversation>()

/** The conversation of a session: the one whose answer is still on its way, or a new one that has yet to `load`. */
export function openConversation(sessionId: string | null): Conversation {
  const known = sessionId === null ? undefined : running.get(sessionId)
  if (!known) return createConversation(sessionId)
  running.delete(known.id.value ?? '')
  known.reopen()
  return known
}

/** Puts a conversation out of sight; if an answer is on its way it is found again by `openConversation`. */
export function leaveConversation(conversation: Conversation): void {
  if (conversation.live.value && conversation.id.value) running.set(conversation.id.value, conversation)
  else conversation.close()
}
