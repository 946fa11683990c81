import { computed, ref, watch } from 'vue'

import { type Evidence, type Message, type Picture, pictureIds } from '@/api/types'

import type { Conversation } from './useConversation'

/** One piece of evidence of one answer. */
export interface Active {
  message: string
  index: number
}

/** A picture of the conversation; `picture` is null where it has expired. */
export interface Shown {
  id: string
  picture: Picture | null
}

/** A piece of evidence on a picture of the viewer. */
export interface Boxed {
  index: number
  evidence: Evidence
}

function picturesOf(path: readonly Message[]): Shown[] {
  return path.flatMap(({ content, pictures }) =>
    pictureIds(content).map((id) => ({ id, picture: pictures[id] ?? null })),
  )
}

/**
 * Which pictures there are, whose evidence is drawn, and which piece of it is looked at.
 *
 * The evidence drawn is that of the answer last looked at, or else of the newest one that has any.
 */
export function useEvidence(conversation: () => Conversation, waiting: () => readonly Picture[]) {
  const active = ref<Active | null>(null)
  const selected = ref(0)

  const path = computed(() => conversation().path.value)
  const pictures = computed<Shown[]>(() => [
    ...picturesOf(path.value),
    ...waiting().map((picture) => ({ id: picture.id, picture })),
  ])
  const answer = computed(() => {
    const withEvidence = path.value.filter(({ wentu }) => wentu?.evidence.length)
    return withEvidence.find(({ id }) => id === active.value?.message) ?? withEvidence.at(-1) ?? null
  })

  function pictureOf(evidence: Evidence): number {
    const byId = pictures.value.findIndex(({ id }) => id === evidence.picture_id)
    return byId >= 0 ? byId : evidence.picture
  }

  const boxes = computed<Boxed[]>(() =>
    (answer.value?.wentu?.evidence ?? [])
      .map((evidence, index) => ({ index, evidence }))
      .filter(({ evidence }) => evidence.polygon.length > 2 && pictureOf(evidence) === selected.value),
  )

  /** Looks at one piece of evidence: its picture comes to the front. */
  function look(message: string, index: number): void {
    const evidence = path.value.find(({ id }) => id === message)?.wentu?.evidence[index]
    if (!evidence) return
    active.value = { message, index }
    selected.value = pictureOf(evidence)
  }

  /** Shows a picture as it is, without a piece of evidence in the middle. */
  function turnTo(picture: number): void {
    active.value = null
    selected.value = picture
  }

  /** A picture that was just added is the one to look at. */
  watch(
    () => pictures.value.length,
    (now, before) => {
      if (now > before) selected.value = now - 1
      else if (selected.value >= now) selected.value = Math.max(0, now - 1)
    },
  )
  watch(conversation, () => {
    active.value = null
    selected.value = Math.max(0, pictures.value.length - 1)
  })

  return { active, selected, pictures, answer, boxes, look, turnTo }
}

export type EvidenceView = ReturnType<typeof useEvidence>
