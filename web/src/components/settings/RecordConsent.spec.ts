import userEvent from '@testing-library/user-event'
import { screen } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { describe, expect, it } from 'vitest'

import { chatBody } from '@/api/chat'
import { keepConsent } from '@/api/consent'
import type { Status } from '@/api/types'
import { useServer } from '@/stores/server'
import { draw } from '@/test/mount'
import { server } from '@/test/server'

import RecordConsent from './RecordConsent.vue'

async function show(records: boolean): Promise<HTMLInputElement> {
  keepConsent(false)
  draw(RecordConsent)
  useServer().status = { records } as Status
  return await screen.findByRole<HTMLInputElement>('checkbox')
}

const asked = () => chatBody({ session: 'ses_1' }).wentu

describe('the consent to keep questions', () => {
  it('goes with every question once it is given, and no longer once it is taken back', async () => {
    const box = await show(true)
    expect(asked()).not.toHaveProperty('record')
    await userEvent.click(box)
    expect(asked()).toMatchObject({ record: true })
    expect(localStorage.getItem('wentu.record')).toBe('yes')
    await userEvent.click(box)
    expect(asked()).not.toHaveProperty('record')
  })

  it('can’t be given where the service keeps nothing', async () => {
    const box = await show(false)
    expect(box).toBeDisabled()
    expect(screen.getByText('这个服务没有开启留存，什么都不会保存。')).toBeTruthy()
  })

  it('says how many questions were erased', async () => {
    await show(true)
    server.use(http.delete('*/v1/recordings', () => HttpResponse.json({ erased: 3 })))
    await userEvent.click(screen.getByRole('button', { name: '删除已留存的问题' }))
    expect(await screen.findByText('已删除 3 个问题。')).toBeTruthy()
  })
})
