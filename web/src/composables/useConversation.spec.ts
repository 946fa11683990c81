import { http, HttpResponse } from 'msw'
import { describe, expect, it, vi } from 'vitest'

import type { Message } from '@/api/types'
import { textOf } from '@/api/types'
import {
  accepted,
  chunk,
  done,
  info,
  errorBody,
  evidence,
  liveStream,
  message,
  picture,
  session,
  streamed,
} from '@/test/fixtures'
import { jobEvents } from '@/test/jobEvents'
import { server } from '@/test/server'

import { type Conversation, createConversation } from './useConversation'

interface Body {
  messages: { content: unknown }[]
  wentu: Record<string, unknown>
}

/** Answers each question with the next of `answers`, and keeps what was asked. */
function answering(...answers: (() => Response)[]): Body[] {
  const asked: Body[] = []
  server.use(
    http.post('*/v1/sessions', () => HttpResponse.json(session('ses_1'), { status: 201 })),
    http.patch('*/v1/sessions/:id', () => HttpResponse.json(session('ses_1'))),
    http.post('*/v1/chat/completions', async ({ request }) => {
      asked.push((await request.json()) as Body)
      return answers.shift()?.() ?? HttpResponse.json(errorBody('internal_error'), { status: 500 })
    }),
  )
  return asked
}

function stored(messages: Message[], head: string): Conversation {
  server.use(http.get('*/v1/sessions/ses_1', () => HttpResponse.json({ ...session('ses_1', { head }), messages })))
  return createConversation('ses_1')
}

const shown = (conversation: Conversation) => conversation.path.value.map(({ content }) => textOf(content))
const question = (text: string) => ({ text, pictures: [] })

describe('asking', () => {
  it('streams the answer into the conversation and takes the ids of the server', async () => {
    const asked = answering(() =>
      streamed(accepted('msg_q', 'msg_a'), chunk(null, '合计'), chunk(null, ' 100'), done({ evidence: [evidence()] })),
    )
    const conversation = createConversation(null)
    const taken = vi.fn()
    await conversation.ask({ text: '多少钱?', pictures: [picture('pic_1')] }, taken)

    expect(taken).toHaveBeenCalledOnce()
    expect(shown(conversation)).toEqual(['多少钱?', '合计 100'])
    expect(conversation.path.value.map(({ id }) => id)).toEqual(['msg_q', 'msg_a'])
    expect(conversation.path.value[1]).toMatchObject({ state: 'done', wentu: { evidence: [{ text: '合计' }] } })
    expect(asked[0]?.wentu).toEqual({ session: 'ses_1', progress: true, detail: 'balanced', parent: null })
    expect(asked[0]?.messages[0]?.content).toEqual([
      { type: 'image_url', image_url: { url: 'wentu:pic_1' } },
      { type: 'text', text: '多少钱?' },
    ])
    expect(conversation.live.value).toBeNull()
  })

  it('says what is being done while nothing is written yet', async () => {
    const stream = liveStream()
    answering(stream.response)
    const conversation = createConversation(null)
    const asking = conversation.ask(question('?'))
    stream.send(accepted('msg_q', 'msg_a'), chunk({ event: 'progress', stage: 'queued', position: 2, wait_s: 8 }))
    await vi.waitFor(() => expect(conversation.live.value?.progress).toMatchObject({ stage: 'queued', position: 2 }))
    stream.send(done())
    stream.end()
    await asking
  })

  it('replaces what a safety rule takes back, counting characters as the server does', async () => {
    const retract = { event: 'retract', offset: 3, rule: 'words', replacement: '[已替换]' }
    answering(() => streamed(accepted('q', 'a'), chunk(null, '😀好的坏话'), chunk(retract), done({}, 'content_filter')))
    const conversation = createConversation(null)
    await conversation.ask(question('?'))
    expect(shown(conversation)[1]).toBe('😀好的[已替换]')
    expect(conversation.endings.value.a).toBe('content_filter')
  })

  it('notes an error in mid-stream in the answer and keeps what had arrived', async () => {
    answering(() => streamed(accepted('q', 'a'), chunk(null, '一半'), errorBody('engine_crashed')))
    const conversation = createConversation(null)
    await conversation.ask(question('?'))
    expect(conversation.path.value[1]).toMatchObject({ state: 'failed', error: { code: 'engine_crashed' } })
    expect(shown(conversation)[1]).toBe('一半')
  })

  it('goes on with a broken stream through its job, from the last word that came', async () => {
    const asked = jobEvents(
      'id: 5-0\nevent: token\ndata: {"text":"到底"}\n\n' +
        `id: 6-0\nevent: done\ndata: ${JSON.stringify({ text: '写到底', finish_reason: 'stop', wentu: info() })}\n\n`,
    )
    answering(
      () =>
        new HttpResponse(
          `data: ${JSON.stringify(accepted('q', 'a'))}\n\nid: 4-0\ndata: ${JSON.stringify(chunk(null, '写'))}\n\n`,
          { headers: { 'Content-Type': 'text/event-stream' } },
        ),
    )
    const conversation = createConversation(null)
    await conversation.ask(question('?'))
    expect(asked).toEqual(['4-0'])
    expect(shown(conversation)[1]).toBe('写到底')
    expect(conversation.path.value[1]).toMatchObject({ state: 'done', error: null })
  })

  it('takes back what a lost worker had said, without calling it unsafe', async () => {
    const retract = { event: 'retract', offset: 1, rule: 'restarted', replacement: '' }
    answering(() => streamed(accepted('q', 'a'), chunk(null, '一二'), chunk(retract), chunk(null, '三'), done()))
    const conversation = createConversation(null)
    await conversation.ask(question('?'))
    expect(shown(conversation)[1]).toBe('一三')
    expect(conversation.endings.value).toEqual({})
  })

  it('leaves nothing behind when the queue is full, so that the question can go back into the box', async () => {
    answering(() => HttpResponse.json(errorBody('busy'), { status: 429, headers: { 'Retry-After': '3' } }))
    const removed = vi.fn()
    server.use(http.delete('*/v1/sessions/ses_1', () => (removed(), new HttpResponse(null, { status: 204 }))))
    const conversation = createConversation(null)
    await expect(conversation.ask(question('?'))).rejects.toMatchObject({ code: 'busy', retryAfterS: 3 })
    expect(conversation.path.value).toEqual([])
    expect(conversation.id.value).toBeNull()
    await vi.waitFor(() => expect(removed).toHaveBeenCalledOnce())
  })

  it('says that the server is gone when nobody answers', async () => {
    server.use(http.post('*/v1/sessions', () => HttpResponse.error()))
    const conversation = createConversation(null)
    await expect(conversation.ask(question('?'))).rejects.toMatchObject({ code: 'unreachable' })
    expect(conversation.path.value).toEqual([])
  })
})

describe('stopping', () => {
  it('closes the connection, stops the job and keeps what was written', async () => {
    const stopped = vi.fn()
    server.use(http.delete('*/v1/jobs/job_1', () => (stopped(), new HttpResponse(null, { status: 204 }))))
    const stream = liveStream()
    answering(stream.response)
    const conversation = createConversation(null)
    const asking = conversation.ask(question('?'))
    stream.send(accepted('q', 'a'), chunk(null, '写到一'))
    await vi.waitFor(() => expect(shown(conversation)[1]).toBe('写到一'))
    conversation.stop()
    await asking
    await vi.waitFor(() => expect(stopped).toHaveBeenCalledOnce())
    expect(conversation.path.value[1]).toMatchObject({ state: 'cancelled', error: null })
    expect(shown(conversation)[1]).toBe('写到一')
    expect(conversation.live.value).toBeNull()
  })

  it('before the question was taken gives it back', async () => {
    answering(() => liveStream().response())
    const conversation = stored([message('q', null, 'user', '旧'), message('a', 'q', 'assistant', '答')], 'a')
    await conversation.load()
    const asking = conversation.ask(question('?'))
    await vi.waitFor(() => expect(conversation.live.value).not.toBeNull())
    conversation.stop()
    await expect(asking).rejects.toMatchObject({ code: 'cancelled' })
    expect(shown(conversation)).toEqual(['旧', '答'])
  })
})

describe('branches', () => {
  const tree = [
    message('q1', null, 'user', '一', { pictures: { pic_1: picture('pic_1') } }),
    message('a1', 'q1', 'assistant', '答一'),
    message('q2', 'a1', 'user', '二'),
    message('a2', 'q2', 'assistant', '答二'),
  ]

  it('asks the same question again and puts the new answer beside the old one', async () => {
    const asked = answering(() => streamed(accepted('q2', 'a2b'), chunk(null, '另一答'), done()))
    const conversation = stored(tree, 'a2')
    await conversation.load()
    await conversation.regenerate(conversation.path.value[3] as Message)

    expect(asked[0]).toMatchObject({ messages: [], wentu: { session: 'ses_1', regenerate: 'q2' } })
    expect(asked[0]?.wentu).not.toHaveProperty('parent')
    expect(shown(conversation)).toEqual(['一', '答一', '二', '另一答'])
    const newest = conversation.path.value[3] as Message
    expect(conversation.versions(newest).map(({ id }) => id)).toEqual(['a2', 'a2b'])
  })

  it('asks a changed first question with the parent null and its pictures, and keeps the old branch', async () => {
    const asked = answering(() => streamed(accepted('q1b', 'a1b'), chunk(null, '新答'), done()))
    const conversation = stored(tree, 'a2')
    await conversation.load()
    await conversation.editAndAsk(conversation.path.value[0] as Message, '壹')

    expect(asked[0]?.wentu).toMatchObject({ parent: null })
    expect(asked[0]?.messages[0]?.content).toContainEqual({ type: 'image_url', image_url: { url: 'wentu:pic_1' } })
    expect(shown(conversation)).toEqual(['壹', '新答'])

    const [first] = conversation.versions(conversation.path.value[0] as Message)
    conversation.show(first as Message)
    expect(shown(conversation)).toEqual(['一', '答一', '二', '答二'])
  })

  it('has the server remember which branch is shown', async () => {
    const heads: unknown[] = []
    const conversation = stored([...tree, message('a1b', 'q1', 'assistant', '答一乙')], 'a1b')
    server.use(
      http.patch('*/v1/sessions/ses_1', async ({ request }) => {
        heads.push(await request.json())
        return HttpResponse.json(session('ses_1'))
      }),
    )
    await conversation.load()
    conversation.show(tree[1] as Message)
    await vi.waitFor(() => expect(heads).toEqual([{ head: 'a2' }]))
  })

  it('brings the old answer back when asking again is refused', async () => {
    answering(() => HttpResponse.json(errorBody('refused', { rule: 'words' }), { status: 400 }))
    const conversation = stored(tree, 'a2')
    await conversation.load()
    await expect(conversation.regenerate(conversation.path.value[3] as Message)).rejects.toMatchObject({
      code: 'refused',
    })
    expect(shown(conversation)).toEqual(['一', '答一', '二', '答二'])
  })
})

describe('a conversation that is loaded', () => {
  it('reads the session again until an answer of another connection has ended', async () => {
    vi.useFakeTimers()
    const half = message('a', 'q', 'assistant', '', { state: 'streaming' })
    const answers = [half, { ...half, content: [{ type: 'text' as const, text: '好了' }], state: 'done' as const }]
    server.use(
      http.get('*/v1/sessions/ses_1', () =>
        HttpResponse.json({
          ...session('ses_1', { head: 'a' }),
          messages: [message('q', null, 'user', '?'), answers.shift()],
        }),
      ),
    )
    const conversation = createConversation('ses_1')
    await conversation.load()
    expect(conversation.resuming.value).toBe(true)
    await vi.advanceTimersByTimeAsync(2_000)
    vi.useRealTimers()
    await vi.waitFor(() => expect(shown(conversation)[1]).toBe('好了'))
    expect(conversation.resuming.value).toBe(false)
  })

  it('follows an answer that is being written, from its first word', async () => {
    const asked = jobEvents(
      'id: 1-0\nevent: progress\ndata: {"stage":"writing"}\n\nid: 2-0\nevent: token\ndata: {"text":"全部"}\n\n' +
        `id: 3-0\nevent: done\ndata: ${JSON.stringify({ text: '全部', finish_reason: 'length', wentu: info() })}\n\n`,
    )
    const half = message('a', 'q', 'assistant', '', { state: 'streaming', job: 'job_1' })
    const conversation = stored([message('q', null, 'user', '?'), half], 'a')
    await conversation.load()
    await vi.waitFor(() => expect(conversation.path.value[1]).toMatchObject({ state: 'done' }))
    expect(asked).toEqual([null])
    expect(shown(conversation)[1]).toBe('全部')
    expect(conversation.endings.value).toEqual({ a: 'length' })
    expect(conversation.live.value).toBeNull()
  })

  it('says why it could not be loaded', async () => {
    server.use(http.get('*/v1/sessions/ses_1', () => HttpResponse.json(errorBody('unknown_session'), { status: 404 })))
    const conversation = createConversation('ses_1')
    await conversation.load()
    expect(conversation.loadError.value).toMatchObject({ code: 'unknown_session', status: 404 })
  })
})
