import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'

import { type ApiError, asApiError } from '@/api/errors'
import { listSamples } from '@/api/pictures'
import { type Message, type Sample, textOf } from '@/api/types'
import { useHistory } from '@/stores/history'
import { useServer } from '@/stores/server'
import { useSettings } from '@/stores/settings'

import { useAnnouncer } from './useAnnouncer'
import { type Conversation, leaveConversation, openConversation } from './useConversation'
import { useDraft } from './useDraft'
import { useUploads } from './useUploads'

/**
 * What the chat page does: holds the conversation of the address, what is typed and which pictures wait, and asks.
 *
 * A question that the server does not take goes back into the box, with its pictures, and `failure` says why.
 * `onNew` is called with the id of a conversation that has just begun.
 */
export function useChat(sessionId: () => string | null, onNew: (id: string) => void) {
  const { t } = useI18n()
  const server = useServer()
  const history = useHistory()
  const settings = useSettings()
  const { announce } = useAnnouncer()

  const conversation = shallowRef<Conversation>(openConversation(sessionId()))
  const text = useDraft(() => sessionId() ?? 'new')
  const failure = ref<ApiError | null>(null)
  const waiting = ref(false)
  const uploads = useUploads(() => ({
    maxBytes: server.maxBytes,
    maxPictures: server.maxPictures,
    used: conversation.value.pictureCount.value,
  }))
  const answering = computed(() => conversation.value.live.value !== null)
  const isEmpty = computed(() => conversation.value.id.value === null && conversation.value.path.value.length === 0)

  void conversation.value.load()
  watch(sessionId, (id) => {
    failure.value = null
    if (id !== null && id === conversation.value.id.value) return
    leaveConversation(conversation.value)
    conversation.value = openConversation(id)
    if (!conversation.value.live.value) void conversation.value.load()
  })
  /** With another key, and when a server that was gone is back, what it has is read again. */
  watch([() => settings.key, () => server.reachable], ([, reachable]) => {
    if (reachable && !answering.value) void conversation.value.load()
  })
  onScopeDispose(() => leaveConversation(conversation.value))

  function sayOutcome(asked: Conversation): void {
    const answer = asked.path.value.at(-1)
    if (!answer || asked !== conversation.value) return
    if (answer.state === 'done') announce(t('stage.announceDone', { text: textOf(answer.content) }))
    else if (answer.state === 'cancelled') announce(t('stage.announceStopped'))
  }

  /** Runs one way of asking; true when the server took the question. */
  async function attempt(asked: Conversation, work: () => Promise<void>): Promise<boolean> {
    failure.value = null
    try {
      await work()
      sayOutcome(asked)
      return true
    } catch (problem) {
      const error = asApiError(problem)
      if (error.code === 'unreachable') void server.refresh()
      if (error.code !== 'cancelled') failure.value = error
      return false
    } finally {
      void history.load()
    }
  }

  async function ask(): Promise<void> {
    const question = text.value.trim()
    if (!question || answering.value) return
    if (uploads.busy.value) {
      waiting.value = true
      return
    }
    const asked = conversation.value
    const taken = uploads.take()
    const pictures = taken.flatMap(({ picture }) => picture ?? [])
    text.value = ''
    const accepted = () => {
      if (asked === conversation.value && asked.id.value !== null && sessionId() === null) onNew(asked.id.value)
      void history.load()
    }
    if (await attempt(asked, () => asked.ask({ text: question, pictures }, accepted))) return
    if (!text.value) text.value = question
    uploads.putBack(taken)
  }

  /** A question asked while pictures were still on their way goes off when they are there, unless one was refused. */
  watch(uploads.busy, (busy) => {
    if (busy || !waiting.value) return
    waiting.value = false
    if (!uploads.attachments.value.some(({ state }) => state === 'refused')) void ask()
  })

  async function addSample(sample: Sample): Promise<void> {
    await uploads.addSample(sample.id, sample.title[settings.language] ?? sample.id)
  }

  async function askSample(sample: Sample, question: string): Promise<void> {
    text.value = question
    await addSample(sample)
    if (uploads.ready.value.length) await ask()
  }

  /** Asks one of the questions that a sample comes with; a sample that the server lacks is no question. */
  async function askSampleById(id: string, number: number): Promise<void> {
    try {
      const sample = (await listSamples()).find((one) => one.id === id)
      const question = sample?.questions[settings.language]?.[number]
      if (sample && question) await askSample(sample, question)
    } catch (problem) {
      failure.value = asApiError(problem)
    }
  }

  async function regenerate(answer: Message): Promise<void> {
    const asked = conversation.value
    await attempt(asked, () => asked.regenerate(answer))
  }

  async function edit(question: Message, changed: string): Promise<void> {
    const asked = conversation.value
    await attempt(asked, () => asked.editAndAsk(question, changed))
  }

  return {
    conversation,
    text,
    uploads,
    failure,
    waiting,
    answering,
    isEmpty,
    ask,
    addSample,
    askSample,
    askSampleById,
    regenerate,
    edit,
  }
}
