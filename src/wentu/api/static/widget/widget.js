// The customer's side of customer service. No library: it has to load fast on somebody else's site.
const own = new URLSearchParams(location.hash.slice(1))
const chinese = (own.get('lang') || 'zh') === 'zh'
const say = chinese
  ? {
      title: '在线客服',
      hello: '您好！发一张商品截图或直接提问，价格和库存都以店铺知识库为准。',
      ask: '请输入问题…',
      send: '发送',
      add: '添加图片',
      wait: '正在查询…',
      failed: '没有发送成功，请重试。',
      solved: '解决了',
      unsolved: '没解决',
      thanks: '谢谢反馈。',
      person: '人工客服',
      basis: '依据：',
    }
  : {
      title: 'Customer service',
      hello: 'Hello! Send a screenshot or ask. Prices and stock come from the shop’s knowledge base only.',
      ask: 'Your question…',
      send: 'Send',
      add: 'Add a picture',
      wait: 'Looking it up…',
      failed: 'That was not sent. Please try again.',
      solved: 'Solved',
      unsolved: 'Not solved',
      thanks: 'Thank you.',
      person: 'A person',
      basis: 'Based on: ',
    }
const $ = (id) => document.getElementById(id)
const conversation = `widget-${crypto.randomUUID?.() ?? Math.random().toString(36).slice(2)}`
const headers = own.get('key') ? { Authorization: `Bearer ${own.get('key')}` } : {}
const POLL_MS = 5000

document.documentElement.lang = chinese ? 'zh-CN' : 'en'
document.title = $('title').textContent = say.title
$('question').placeholder = say.ask
$('question').setAttribute('aria-label', say.ask)
$('file').setAttribute('aria-label', say.add)
$('send').textContent = say.send
bubble(say.hello)

async function call(path, init = {}) {
  const response = await fetch(path, { ...init, headers: { ...headers, ...init.headers } })
  const body = response.status === 204 ? null : await response.json()
  if (!response.ok) throw new Error(body?.error?.code ?? response.status)
  return body
}

const post = (path, body) =>
  call(path, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } })

function bubble(text, { mine = false, picture = null, note = '' } = {}) {
  const made = document.createElement('div')
  made.className = mine ? 'bubble mine' : 'bubble'
  if (picture) {
    const image = document.createElement('img')
    image.src = picture
    image.alt = ''
    made.append(image)
  }
  made.append(text)
  if (note) made.append(Object.assign(document.createElement('small'), { textContent: note }))
  $('talk').append(made)
  made.scrollIntoView({ block: 'end' })
  return made
}

function buttons(kind, entries) {
  const row = document.createElement('div')
  row.className = kind
  for (const [label, act] of entries) {
    const one = Object.assign(document.createElement('button'), { type: 'button', textContent: label })
    one.addEventListener('click', () => act(row))
    row.append(one)
  }
  $('talk').append(row)
  row.scrollIntoView({ block: 'end' })
}

let pictures = [] // of the last question, so that "which one?" needs no second picture
async function ask(question, file) {
  bubble(question, { mine: true, picture: file ? URL.createObjectURL(file) : null })
  const waiting = bubble(say.wait)
  $('send').disabled = true
  try {
    if (file) {
      const form = new FormData()
      form.append('file', file)
      pictures = [`wentu:${(await call('/v1/pictures', { method: 'POST', body: form })).id}`]
    }
    const found = await post('/v1/support', { question, pictures, conversation, language: chinese ? 'zh' : 'en' })
    waiting.remove()
    show(found, question)
  } catch {
    waiting.remove()
    bubble(say.failed)
  } finally {
    $('send').disabled = false
  }
}

function show(found, question) {
  const row = found.citations.find((one) => one.source === 'knowledge')
  const sure = found.outcome === 'answered' || found.outcome === 'contradiction'
  bubble(found.answer, { note: sure && row ? say.basis + row.text : '' })
  if (found.outcome === 'ambiguous') {
    const label = (one) => Object.values(one.attributes).join(' ') || one.label
    buttons('choices', found.candidates.map((one) => [label(one), () => ask(`${one.label} ${label(one)} ${question}`)]))
  } else if (sure) {
    const rate = (solved) => (row) => {
      void post(`/v1/support/cases/${found.id}/rating`, { solved })
      row.replaceChildren(say.thanks)
    }
    buttons('rate', [
      [say.solved, rate(true)],
      [say.unsolved, rate(false)],
    ])
  } else if (found.outcome === 'handoff') void follow(found.id)
}

async function follow(id) {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    const status = await call(`/v1/support/cases/${id}/status`).catch(() => null)
    if (status?.state === 'replied') return bubble(status.reply, { note: say.person })
  }
}

function choose(file) {
  $('picture').hidden = !file
  $('picture').firstElementChild.textContent = file ? file.name : ''
}

$('file').addEventListener('change', () => choose($('file').files[0]))
$('drop').addEventListener('click', () => {
  $('file').value = ''
  choose(null)
})
$('form').addEventListener('submit', (event) => {
  event.preventDefault()
  const question = $('question').value.trim()
  const file = $('file').files[0]
  if (!question && !file) return
  $('form').reset()
  choose(null)
  void ask(question, file)
})
