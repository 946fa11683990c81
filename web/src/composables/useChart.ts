import { computed, ref, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'

import { type Chart, computeTable, readChart, type Table } from '@/api/charts'
import { asApiError } from '@/api/errors'
import { takeSample, uploadPicture } from '@/api/pictures'
import type { ErrorBody, Language, Picture } from '@/api/types'
import { carriedOver, tableOf } from '@/charts/edit'

export type ChartState = 'empty' | 'uploading' | 'reading' | 'shown' | 'failed'

/** A question that followed; `answer` is null while it is asked and "" where the table does not hold it. */
export interface FollowUp {
  id: number
  question: string
  answer: string | null
  error: ErrorBody | null
}

/**
 * One chart: its picture, its table as read or corrected, and the questions that followed.
 *
 * Every change of the table is computed anew by the server; of several that are on their way the last one counts.
 */
export function useChart() {
  const { locale } = useI18n()
  const language = () => locale.value as Language
  const state = ref<ChartState>('empty')
  const picture = shallowRef<Picture | null>(null)
  const chart = shallowRef<Chart | null>(null)
  const table = shallowRef<Table | null>(null)
  const error = ref<ErrorBody | null>(null)
  const computing = ref(false)
  const asked = ref<FollowUp[]>([])
  const isChart = computed(() => chart.value !== null && chart.value.type !== 'not_a_chart')
  let again: () => Promise<void> = () => Promise.resolve()
  let turn = 0
  let questions = 0

  /** Takes in a picture and reads it; of several, the newest is the one that is shown. */
  async function take(upload: () => Promise<Picture>): Promise<void> {
    const mine = ++turn
    again = () => take(upload)
    state.value = 'uploading'
    chart.value = table.value = picture.value = null
    error.value = null
    asked.value = []
    try {
      const taken = await upload()
      if (mine !== turn) return
      picture.value = taken
      state.value = 'reading'
      const read = await readChart(taken.id, language())
      if (mine !== turn) return
      chart.value = read
      table.value = tableOf(read)
      state.value = 'shown'
    } catch (problem) {
      if (mine !== turn) return
      error.value = asApiError(problem).body
      state.value = 'failed'
    }
  }

  /** Puts a changed table in the place of the last and has everything computed from it. */
  async function change(changed: Table): Promise<void> {
    const before = chart.value
    if (!before) return
    const mine = ++turn
    table.value = changed
    computing.value = true
    error.value = null
    try {
      const answer = await computeTable(changed, language())
      if (mine !== turn) return
      chart.value = carriedOver(answer, changed, before)
      table.value = tableOf(chart.value)
    } catch (problem) {
      if (mine === turn) error.value = asApiError(problem).body
    } finally {
      if (mine === turn) computing.value = false
    }
  }

  async function ask(question: string): Promise<void> {
    if (!table.value || !question.trim()) return
    const id = ++questions
    const settle = (changes: Partial<FollowUp>) =>
      (asked.value = asked.value.map((one) => (one.id === id ? { ...one, ...changes } : one)))
    asked.value = [...asked.value, { id, question: question.trim(), answer: null, error: null }]
    try {
      const { answer, steps } = await computeTable(table.value, language(), question.trim())
      // Where the table holds no answer the server says the steps instead.
      settle({ answer: answer === steps.join('\n') ? '' : answer })
    } catch (problem) {
      settle({ answer: '', error: asApiError(problem).body })
    }
  }

  return {
    state,
    picture,
    chart,
    table,
    error,
    computing,
    asked,
    isChart,
    open: (file: File) => take(() => uploadPicture(file)),
    openSample: (id: string) => take(() => takeSample(id)),
    retry: () => (state.value === 'failed' ? again() : table.value ? change(table.value) : Promise.resolve()),
    change,
    ask,
  }
}
