// ask.mjs PICTURE QUESTION: uploads a picture, streams the answer, and lists what it rests on. No package is needed.
import { openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import { argv, env, stdout } from 'node:process'

const [path, question] = argv.slice(2)
const address = env.WENTU_ADDRESS ?? 'http://127.0.0.1:8760'
const key = env.WENTU_KEY ? { Authorization: `Bearer ${env.WENTU_KEY}` } : {}

/** The answer to a request; an error of wentu's says what to do. */
async function send(where, init) {
  const response = await fetch(address + where, { method: 'POST', ...init, headers: { ...key, ...init.headers } })
  if (response.ok) return response
  const { error } = await response.json()
  throw new Error(`${error.message}. ${error.hint}`)
}

/** The JSON of each server-sent event, up to the last. */
async function* events(body) {
  let rest = ''
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + piece).split('\n\n')
    rest = blocks.pop()
    for (const block of blocks) {
      const line = block.split('\n').find((one) => one.startsWith('data: '))
      if (line && line !== 'data: [DONE]') yield JSON.parse(line.slice(6))
    }
  }
}

const form = new FormData()
form.append('file', await openAsBlob(path), basename(path))
const { id } = await (await send('/v1/pictures', { body: form })).json()

const image = { type: 'image_url', image_url: { url: `wentu:${id}` } }
const messages = [{ role: 'user', content: [image, { type: 'text', text: question }] }]
const asked = await send('/v1/chat/completions', {
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ model: 'stable', stream: true, messages }),
})

for await (const { error, choices, wentu } of events(asked.body)) {
  if (error) throw new Error(`${error.message}. ${error.hint}`)
  stdout.write(choices[0]?.delta.content ?? '')
  // Words that safety took back: a page replaces what it shows; a terminal can only say so.
  if (wentu?.event === 'retract') stdout.write(`\n[replaced from ${wentu.offset}] ${wentu.replacement}`)
  if (wentu?.event === 'done') {
    stdout.write(`\n${wentu.status}\n`)
    for (const { text, polygon } of wentu.evidence) stdout.write(`  ${text}  ${JSON.stringify(polygon[0])}\n`)
  }
}
