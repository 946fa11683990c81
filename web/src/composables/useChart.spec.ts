import { http, HttpResponse } from 'msw'
import { createApp } from 'vue'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { withValue } from '@/charts/edit'
import { i18n } from '@/i18n'
import { chart, series } from '@/test/charts'
import { errorBody, picture } from '@/test/fixtures'
import { server } from '@/test/server'

import { useChart } from './useChart'

interface Sent {
  picture: string | null
  table: { series: { values: number[] }[] } | null
  question: string
}

/** The composable inside an app, because it speaks the app's language. */
function chartOf() {
  let made: ReturnType<typeof useChart> | undefined
  const app = createApp({ setup: () => ((made = useChart()), () => null) }).use(i18n)
  app.mount(document.createElement('div'))
  onTestFinished(() => app.unmount())
  if (!made) throw new Error('not set up')
  return made
}

function answering(answer: (sent: Sent) => ReturnType<typeof chart> | Promise<ReturnType<typeof chart>>): Sent[] {
  const asked: Sent[] = []
  server.use(
    http.post('*/v1/samples/chart', () => HttpResponse.json(picture('pic_1'), { status: 201 })),
    http.post('*/v1/charts', async ({ request }) => {
      const sent = (await request.json()) as Sent
      asked.push(sent)
      return HttpResponse.json(await answer(sent))
    }),
  )
  return asked
}

describe('a chart', () => {
  it('is read from its picture', async () => {
    const asked = answering(() => chart())
    const work = chartOf()
    await work.openSample('chart')
    expect(asked[0]).toMatchObject({ picture: 'wentu:pic_1', table: null })
    expect(work.state.value).toBe('shown')
    expect(work.isChart.value).toBe(true)
  })

  it('that is none has no table to work on', async () => {
    answering(() => chart({ type: 'not_a_chart', x: [], series: [] }))
    const work = chartOf()
    await work.openSample('chart')
    expect(work.isChart.value).toBe(false)
  })

  it('is computed anew from a corrected table, and the last correction counts', async () => {
    let first: (answer: ReturnType<typeof chart>) => void = () => undefined
    const answers = [
      () => chart(),
      () => new Promise<ReturnType<typeof chart>>((resolve) => (first = resolve)),
      () => chart({ series: [series('甲', [10, 22, 30])], title: '第二' }),
    ]
    const asked = answering(() => (answers.shift() ?? (() => chart()))())
    const work = chartOf()
    await work.openSample('chart')
    const table = work.table.value
    if (!table) throw new Error('no table')
    const late = work.change(withValue(table, 0, 1, 21))
    await vi.waitFor(() => expect(asked).toHaveLength(2))
    await work.change(withValue(table, 0, 1, 22))
    first(chart({ series: [series('甲', [10, 21, 30])], title: '第一' }))
    await late
    expect(asked[2]?.table?.series[0]?.values).toEqual([10, 22, 30])
    expect(work.chart.value?.title).toBe('第二')
    expect(work.computing.value).toBe(false)
  })

  it('answers a question from its table, and says where the table has no answer', async () => {
    const asked = answering(({ question }) => chart({ answer: question === '下一期？' ? '约 40' : '第一步' }))
    const work = chartOf()
    await work.openSample('chart')
    await work.ask(' 下一期？ ')
    await work.ask('天气如何？')
    expect(asked[1]).toMatchObject({ picture: null, question: '下一期？' })
    expect(work.asked.value.map(({ answer }) => answer)).toEqual(['约 40', ''])
  })

  it('that can not be read says why and is tried again', async () => {
    answering(() => chart())
    server.use(http.post('*/v1/charts', () => HttpResponse.json(errorBody('busy'), { status: 429 }), { once: true }))
    const work = chartOf()
    await work.openSample('chart')
    expect(work.state.value).toBe('failed')
    expect(work.error.value?.code).toBe('busy')
    await work.retry()
    expect(work.state.value).toBe('shown')
  })
})
