import { http, HttpResponse } from 'msw'
import { describe, expect, it, vi } from 'vitest'

import { errorText } from '@/i18n/errors'
import { errorBody, picture } from '@/test/fixtures'
import { scoped } from '@/test/mount'
import { server } from '@/test/server'

import { useUploads } from './useUploads'

const file = (name: string, type = 'image/png') => new File(['pixels'], name, { type })

const uploads = (limits = { maxBytes: 1_000, maxPictures: 3, used: 0 }) => scoped(() => useUploads(() => limits))

const states = ({ attachments }: ReturnType<typeof uploads>) =>
  attachments.value.map(({ name, state, error }) => [name, state, error?.code])

function accepting(...pages: string[]) {
  let n = 0
  server.use(
    http.post('*/v1/pictures', async ({ request }) => {
      const form = await request.formData()
      pages.push(String(form.get('page')))
      return HttpResponse.json(picture(`pic_${++n}`, { pages: 5 }), { status: 201 })
    }),
  )
  return pages
}

describe('uploads', () => {
  it('keeps the pictures in the order in which they were chosen', async () => {
    accepting()
    const tray = uploads()
    tray.add([file('a.png'), file('b.png')])
    expect(tray.busy.value).toBe(true)
    await vi.waitFor(() => expect(tray.busy.value).toBe(false))
    expect(tray.attachments.value.map(({ name, state }) => [name, state])).toEqual([
      ['a.png', 'ready'],
      ['b.png', 'ready'],
    ])
    expect(tray.ready.value).toHaveLength(2)
  })

  it('shows each file over the limit with its reason instead of dropping it', async () => {
    accepting()
    const tray = uploads({ maxBytes: 1_000, maxPictures: 3, used: 2 })
    tray.add([file('a.png'), file('b.png')])
    await vi.waitFor(() => expect(tray.busy.value).toBe(false))
    expect(states(tray)).toEqual([
      ['a.png', 'ready', undefined],
      ['b.png', 'refused', 'too_many_pictures'],
    ])
  })

  it('does not even send a file that is too large', () => {
    const tray = uploads({ maxBytes: 3, maxPictures: 3, used: 0 })
    tray.add([file('big.png')])
    expect(states(tray)).toEqual([['big.png', 'refused', 'image_too_large']])
  })

  it('names what the server found wrong, in the language of the reader', async () => {
    const refusal = errorBody('unreadable_image', { rule: 'pdf_encrypted' })
    server.use(http.post('*/v1/pictures', () => HttpResponse.json(refusal, { status: 400 })))
    const tray = uploads()
    tray.add([file('a.pdf', 'application/pdf')])
    await vi.waitFor(() => expect(tray.busy.value).toBe(false))
    const error = tray.attachments.value[0]?.error
    expect(error && errorText(error, 'zh-CN').message).toBe('这个 PDF 有密码保护。')
    expect(error && errorText(error, 'en').message).toBe('The PDF is protected by a password.')
  })

  it('can be tried again after the server was gone', async () => {
    server.use(http.post('*/v1/pictures', () => HttpResponse.error(), { once: true }))
    const tray = uploads()
    tray.add([file('a.png')])
    await vi.waitFor(() => expect(states(tray)).toEqual([['a.png', 'refused', 'unreachable']]))
    accepting()
    tray.retry(tray.attachments.value[0]?.key ?? 0)
    await vi.waitFor(() => expect(states(tray)).toEqual([['a.png', 'ready', undefined]]))
  })

  it('turns a PDF to another page and forgets the page before', async () => {
    const pages = accepting()
    const removed: string[] = []
    server.use(
      http.delete('*/v1/pictures/:id', ({ params }) => {
        removed.push(String(params.id))
        return new HttpResponse(null, { status: 204 })
      }),
    )
    const tray = uploads()
    tray.add([file('a.pdf', 'application/pdf')])
    await vi.waitFor(() => expect(tray.busy.value).toBe(false))
    await tray.turnTo(tray.attachments.value[0]?.key ?? 0, 3)
    expect(pages).toEqual(['null', '3'])
    expect(tray.attachments.value[0]).toMatchObject({ page: 3, state: 'ready', picture: { id: 'pic_2' } })
    await vi.waitFor(() => expect(removed).toEqual(['pic_1']))
  })

  it('gives only the ready ones to a question and leaves refused ones where they are seen', async () => {
    accepting()
    const tray = uploads({ maxBytes: 1_000, maxPictures: 1, used: 0 })
    tray.add([file('a.png'), file('b.png')])
    await vi.waitFor(() => expect(tray.busy.value).toBe(false))
    const taken = tray.take()
    expect(taken.map(({ name }) => name)).toEqual(['a.png'])
    expect(states(tray)).toEqual([['b.png', 'refused', 'too_many_pictures']])
    tray.putBack(taken)
    expect(tray.attachments.value.map(({ name }) => name)).toEqual(['a.png', 'b.png'])
  })
})

describe('errorText', () => {
  it('falls back to words without values when the server sent none', () => {
    const said = errorText({ code: 'image_too_small', message: 'x' }, 'zh-CN')
    expect(said.message).toBe('图片太小了。')
  })

  it('shows the English of the server for a code that is new', () => {
    const said = errorText({ code: 'brand_new', message: 'Something new.', hint: 'Do this.' }, 'en')
    expect(said).toEqual({ message: 'Something new.', hint: 'Do this.' })
    expect(errorText({ code: 'brand_new', message: 'Something new.' }, 'zh-CN').message).toContain('brand_new')
  })
})
