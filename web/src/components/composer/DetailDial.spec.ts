import userEvent from '@testing-library/user-event'
import { screen } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { afterEach, describe, expect, it } from 'vitest'

import { currentDetail, keepDetail } from '@/api/detail'
import { draw } from '@/test/mount'
import { server } from '@/test/server'

import DetailDial from './DetailDial.vue'

const details = [
  { detail: 'quick', first_token_s: 4.2, at_most_s: 4.2 },
  { detail: 'balanced', first_token_s: 11.6, at_most_s: 30 },
  { detail: 'precise', first_token_s: 11.6, at_most_s: 60 },
]

function estimates(body: Record<string, unknown>): string[] {
  const asked: string[] = []
  server.use(
    http.get('*/v1/estimate', ({ request }) => {
      asked.push(new URL(request.url).searchParams.get('pictures') ?? '')
      return HttpResponse.json({ version: 'v', queue_s: 1, details, token_s: 0.05, ...body })
    }),
  )
  return asked
}

describe('the dial', () => {
  afterEach(() => keepDetail('balanced'))

  it('says how long each choice will take, with the wait in the queue', async () => {
    const asked = estimates({})
    draw(DetailDial, { pictures: ['pic_1', 'pic_2'] })
    expect(await screen.findByRole('option', { name: '均衡（约 13 秒）' })).toBeInTheDocument()
    expect(screen.getByRole('option', { name: '快（约 5 秒）' })).toBeInTheDocument()
    expect(asked).toEqual(['pic_1,pic_2'])
  })

  it('promises nothing where nothing is known', async () => {
    estimates({ details: [] })
    draw(DetailDial, { pictures: ['pic_1'] })
    expect(await screen.findByRole('option', { name: '精细' })).toBeInTheDocument()
  })

  it('keeps the choice for the next question', async () => {
    estimates({})
    draw(DetailDial, { pictures: [] })
    await userEvent.selectOptions(screen.getByRole('combobox', { name: '看图的细致程度' }), 'precise')
    expect(currentDetail()).toBe('precise')
  })
})
