import { http, HttpResponse } from 'msw'

import { server } from './server'

/** Answers the events of job_1 once; the places that were asked for. */
export function jobEvents(body: string): (string | null)[] {
  const asked: (string | null)[] = []
  server.use(
    http.get('*/v1/jobs/job_1/events', ({ request }) => {
      asked.push(request.headers.get('Last-Event-ID'))
      return new HttpResponse(body, { headers: { 'Content-Type': 'text/event-stream' } })
    }),
  )
  return asked
}
