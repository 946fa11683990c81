import { describe, expect, it } from 'vitest'

import { errorBody, info } from '@/test/fixtures'
import { jobEvents } from '@/test/jobEvents'

import type { ChatEvent } from './chat'
import { followJob, type Place } from './jobs'

async function all(place: Place): Promise<ChatEvent[]> {
  const events: ChatEvent[] = []
  for await (const event of followJob(place, new AbortController().signal)) events.push(event)
  return events
}

describe('following a job', () => {
  it('asks for what comes after the last event, and remembers where it stands', async () => {
    const done = JSON.stringify({ text: '好', finish_reason: 'loop', wentu: info() })
    const asked = jobEvents(`: ping\n\nid: 8-0\nevent: done\ndata: ${done}\n\n`)
    const place = { job: 'job_1', lastId: '7-0' }
    expect(await all(place)).toEqual([{ kind: 'done', finishReason: 'length', info: info(), text: '好' }])
    expect(asked).toEqual(['7-0'])
  })

  it('says what ended the job', async () => {
    jobEvents(`event: failed\ndata: ${JSON.stringify(errorBody('engine_crashed'))}\n\n`)
    await expect(all({ job: 'job_1', lastId: '' })).rejects.toMatchObject({ code: 'engine_crashed' })
  })
})
