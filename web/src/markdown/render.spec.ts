import { describe, expect, it } from 'vitest'

import { spansOf } from './offsets'
import { renderMarkdown } from './render'

/** Code-point range of the n-th occurrence of `part`, counted as the server counts. */
function rangeOf(text: string, part: string, nth = 1) {
  let at = -1
  for (let i = 0; i < nth; i++) at = text.indexOf(part, at + 1)
  const start = [...text.slice(0, at)].length
  return { start, end: start + [...part].length }
}

/** Evidence index -> the text that is marked for it, pieces joined by '|'. */
function marks(text: string, ranges: { start: number; end: number }[]) {
  const page = document.createElement('div')
  page.innerHTML = renderMarkdown(text, spansOf(text, ranges))
  const found: Record<string, string> = {}
  for (const mark of page.querySelectorAll<HTMLElement>('mark')) {
    for (const id of (mark.dataset.evidence ?? '').split(' ')) {
      found[id] = id in found ? `${found[id]}|${mark.textContent}` : mark.textContent
    }
  }
  return { found, page }
}

function expectMarked(text: string, part: string, nth = 1, shown = part) {
  const { found, page } = marks(text, [rangeOf(text, part, nth)])
  expect(found).toEqual({ 0: shown })
  return page
}

describe('evidence on rendered Markdown', () => {
  it('marks plain text after an emoji, which counts as one character', () => {
    expectMarked('😀👨‍👩‍👧 合计 ¥100 元', '¥100')
  })

  it('marks bold text without its stars', () => {
    const text = '合计 **¥1,280.00** 元'
    expectMarked(text, '¥1,280.00')
    expectMarked(text, '**¥1,280.00**', 1, '¥1,280.00')
  })

  it('marks a span that begins before bold text and ends inside it, in pieces', () => {
    const { found } = marks('单号 **A-17 号**', [rangeOf('单号 **A-17 号**', '单号 **A-17')])
    expect(found).toEqual({ 0: '单号 |A-17' })
  })

  it('never takes the number of a list for the number in the text', () => {
    const page = expectMarked('1. 1\n2. 2\n3. 1', '1', 2)
    expect(page.querySelector('li:first-child mark')).not.toBeNull()
  })

  it('marks the right cell of a table with equal cells', () => {
    const text = '| 项 | 量 |\n|---|---|\n| 1 | 1 |\n| 2 | 1 |'
    const page = expectMarked(text, '1', 2)
    expect(page.querySelector('tbody tr:first-child td:nth-child(2) mark')?.textContent).toBe('1')
  })

  it('keeps its place in a table after an empty cell and an escaped bar', () => {
    const text = '| a | b | c |\n|---|---|---|\n| x\\|y |  | 9 |'
    expectMarked(text, '9')
    expectMarked(text, 'x\\|y', 1, 'x|y')
  })

  it('marks inside nested lists, quotes and headings', () => {
    const text = '## 金额 42 ##\n\n> 引文 42\n\n- 外\n  - 内 42\n'
    expect(expectMarked(text, '42', 1).querySelector('h2 mark')).not.toBeNull()
    expect(expectMarked(text, '42', 2).querySelector('blockquote mark')).not.toBeNull()
    expect(expectMarked(text, '42', 3).querySelector('li li mark')).not.toBeNull()
  })

  it('marks after escapes and entities', () => {
    expectMarked('a\\*b &amp; c **价 5** \\_5', '5', 2)
    expectMarked('A&amp;B 公司', 'A&amp;B', 1, 'A&B')
  })

  it('marks inline code, with and without padding blanks, and text after it', () => {
    expectMarked('码 `X1` 与 ``a `b` `` 尾 b', 'X1')
    expectMarked('码 `X1` 与 ``a `b` `` 尾 b', 'b', 2)
  })

  it('marks one line of a fenced block inside a list', () => {
    expectMarked('- 例\n  ```\n  第一行 7\n  第二行 7\n  ```\n', '7', 2)
  })

  it('does not look inside the address of a link', () => {
    const page = expectMarked('[甲 5](http://a.cn/5_(5) "5") 乙 5', '5', 5)
    expect(page.querySelector('a mark')).toBeNull()
  })

  it('counts CR LF as two characters of the answer', () => {
    expectMarked('一\r\n二\r\n三 8', '8')
  })

  it('marks a formula as a whole', () => {
    const page = expectMarked('得 $x^2 + 1$ 。', 'x^2', 1, 'x^2 + 1')
    expect(page.querySelector('mark .math')).not.toBeNull()
  })

  it('lists the shortest of overlapping spans first, for a click on it', () => {
    const text = '合计 100 元'
    const { page } = marks(text, [rangeOf(text, text), rangeOf(text, '100')])
    const inner = [...page.querySelectorAll('mark')].find((mark) => mark.textContent === '100')
    expect(inner?.dataset.evidence).toBe('1 0')
  })

  it('gives the keyboard one stop for evidence in several pieces', () => {
    const text = 'a **b** c'
    const { page } = marks(text, [rangeOf(text, text)])
    expect(page.querySelectorAll('mark').length).toBeGreaterThan(1)
    expect(page.querySelectorAll('mark[tabindex]')).toHaveLength(1)
  })

  it('survives offsets outside the text', () => {
    expect(marks('短', [{ start: -3, end: 99 }]).found).toEqual({ 0: '短' })
    expect(marks('短', [{ start: 5, end: 2 }]).found).toEqual({})
  })
})

describe('safety of rendered Markdown', () => {
  it('shows HTML as text', () => {
    const { page } = marks('<img src=x onerror=alert(1)><script>alert(1)</script>', [])
    expect(page.querySelector('img, script')).toBeNull()
    expect(page.textContent).toContain('<script>')
  })

  it('loads no picture', () => {
    const { page } = marks('![偷](https://evil.example/x.png?d=1)', [])
    expect(page.querySelector('img')).toBeNull()
    expect(page.textContent).toContain('[偷]')
  })

  it('lets links open without a way back and drops dangerous ones', () => {
    const { page } = marks('[a](https://a.cn) [b](javascript:alert(1)) [c](data:text/html,x)', [])
    const links = [...page.querySelectorAll('a')]
    expect(links.map((link) => link.getAttribute('href'))).toEqual(['https://a.cn'])
    expect(links[0]).toHaveAttribute('rel', 'noopener noreferrer nofollow')
  })

  it('keeps prices in dollars as text', () => {
    const { page } = marks('$100 and $200, 共 $5', [])
    expect(page.querySelector('.math')).toBeNull()
  })
})
