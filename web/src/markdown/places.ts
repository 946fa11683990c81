import type { Token } from 'markdown-it'

/**
 * Where rendered characters stand in the source.
 *
 * markdown-it gives line numbers for blocks and nothing for what is inside them. This walks the tokens beside the
 * source and notes, for every token that draws text, the source position of each of its characters
 * (`token.meta.places`, UTF-16). A token whose text can't be found exactly stays without places: it then shows no
 * highlight, which is better than a wrong one.
 */
export type Places = number[]

export function placesOf(token: Token): Places | null {
  return (token.meta?.places as Places | undefined) ?? null
}

function put(token: Token, places: Places | null): void {
  if (places) token.meta = { ...token.meta, places }
}

const run = (start: number, length: number): Places => Array.from({ length }, (_, i) => start + i)

interface Source {
  lines: string[]
  /** Offset of each line's first character. */
  starts: number[]
}

function linesOf(text: string): Source {
  const lines = text.split('\n')
  const starts: number[] = []
  let at = 0
  for (const line of lines) {
    starts.push(at)
    at += line.length + 1
  }
  return { lines, starts }
}

/** Places of `content`, whose lines are the ends of source lines from `first` on (list and quote marks stand before). */
function placeLines(content: string, source: Source, first: number, limit: number): Places | null {
  const places: Places = []
  let line = first
  for (const part of content.split('\n')) {
    let column = -1
    while (line < limit && (column = (source.lines[line] ?? '').lastIndexOf(part)) < 0) line++
    if (column < 0) return null
    const start = (source.starts[line] ?? 0) + column
    places.push(...run(start, part.length + 1))
    line++
  }
  return places.slice(0, content.length)
}

/** Reads the children of one inline token from left to right, always knowing how much source they used up. */
class InlineWalk {
  private cursor = 0

  constructor(
    private readonly content: string,
    private readonly outer: Places,
  ) {}

  place(token: Token): void {
    switch (token.type) {
      case 'text':
        return this.verbatim(token)
      case 'text_special':
        return this.special(token)
      case 'code_inline':
        return this.code(token)
      case 'math':
        return this.math(token)
      case 'softbreak':
      case 'hardbreak':
        return this.lineBreak()
      case 'link_open':
        return this.skip(token.markup === 'autolink' ? '<' : '[')
      case 'link_close':
        return token.markup === 'autolink' ? this.skip('>') : this.linkEnd()
      case 'image':
        return this.image(token)
      default:
        return this.skip(token.markup)
    }
  }

  private verbatim(token: Token): void {
    if (!token.content) return
    const at = this.content.indexOf(token.content, this.cursor)
    if (at < 0) return
    this.put(token, at, token.content.length)
    this.cursor = at + token.content.length
  }

  /** `\*` and `&amp;` draw one character for several: all of it stands where the markup begins. */
  private special(token: Token): void {
    const at = this.content.indexOf(token.markup, this.cursor)
    if (at < 0) return
    put(token, Array<number>(token.content.length).fill(this.outer[at] ?? 0))
    this.cursor = at + token.markup.length
  }

  private code(token: Token): void {
    const { markup, content } = token
    const inner = this.content.indexOf(markup, this.cursor) + markup.length
    // One blank on each side is taken off by the standard.
    const padding = this.content.startsWith(markup, inner + content.length) ? 0 : 1
    this.put(token, inner + padding, content.length)
    this.cursor = inner + content.length + 2 * padding + markup.length
  }

  private math(token: Token): void {
    const inner = this.content.indexOf(token.markup, this.cursor) + token.markup.length
    this.put(token, inner, token.content.length)
    this.cursor = inner + token.content.length + token.markup.length
  }

  private lineBreak(): void {
    const at = this.content.indexOf('\n', this.cursor)
    if (at < 0) return
    this.cursor = at + 1
    while (this.content[this.cursor] === ' ') this.cursor++
  }

  private skip(markup: string): void {
    if (!markup) return
    const at = this.content.indexOf(markup, this.cursor)
    if (at >= 0) this.cursor = at + markup.length
  }

  private image(token: Token): void {
    this.skip('![')
    this.put(token, this.cursor, token.content.length)
    this.cursor += token.content.length
    this.linkEnd()
  }

  /** Past `](address "title")`, `][reference]` or `]`. */
  private linkEnd(): void {
    this.skip(']')
    const open = this.content[this.cursor]
    if (open === '[') return this.skip(']')
    if (open !== '(') return
    let depth = 0
    for (; this.cursor < this.content.length; this.cursor++) {
      const char = this.content[this.cursor]
      if (char === '\\') this.cursor++
      else if (char === '(') depth++
      else if (char === ')' && --depth === 0) break
    }
    this.cursor++
  }

  private put(token: Token, at: number, length: number): void {
    put(token, this.outer.slice(at, at + length))
  }
}

/** Joins neighbouring pieces of text (an escape splits them), so that one stretch gets one mark. */
export function joinText(tokens: readonly Token[]): Token[] {
  const joined: Token[] = []
  for (const token of tokens) {
    const last = joined.at(-1)
    const isText = token.type === 'text' || token.type === 'text_special'
    const [before, places] = [last && placesOf(last), placesOf(token)]
    if (isText && token.content === '') continue
    if (isText && last?.type === 'text' && before && places) {
      last.content += token.content
      put(last, [...before, ...places])
    } else {
      if (isText) token.type = 'text'
      joined.push(token)
    }
  }
  return joined
}

/** Notes the places of all tokens that draw text; `text` is the normalized source that they were parsed from. */
export function placeTokens(tokens: readonly Token[], text: string): void {
  const source = linesOf(text)
  let row: [number, number] | null = null
  let column = 0
  for (const token of tokens) {
    if (token.type === 'tr_open') {
      row = token.map
      column = 0
    } else if (token.type === 'tr_close') {
      row = null
    } else if (token.type === 'fence') {
      if (token.map) put(token, placeLines(token.content, source, token.map[0] + 1, token.map[1] + 1))
    } else if (token.type === 'code_block') {
      if (token.map) put(token, placeLines(token.content, source, ...token.map))
    } else if (token.type === 'inline') {
      const cell: Cell | null = row ? placeCell(token.content, source, row[0], column) : null
      if (cell) column = cell.next
      const outer = row ? (cell?.places ?? null) : placeLines(token.content, source, ...(token.map ?? [0, 0]))
      if (!outer) continue
      const walk = new InlineWalk(token.content, outer)
      for (const child of token.children ?? []) walk.place(child)
    }
  }
}

interface Cell {
  places: Places
  /** Column at which the search for the next cell begins: the bar after this one. */
  next: number
}

/** A table cell: its text stands in the row's line, after the cells before it; `\|` is one character in the cell. */
function placeCell(content: string, source: Source, row: number, column: number): Cell | null {
  const line = source.lines[row] ?? ''
  const start = source.starts[row] ?? 0
  const at = skipBar(line, column)
  const places: Places = []
  let from = at
  for (const char of content) {
    if (char === '|' && line.startsWith('\\|', from)) from++
    if (!line.startsWith(char, from)) return null
    places.push(...run(start + from, char.length))
    from += char.length
  }
  while (line[from] === ' ' || line[from] === '\t') from++
  return { places, next: from }
}

/** Past blanks, at most one bar and blanks. */
function skipBar(line: string, column: number): number {
  return column + (/^[ \t>]*\|?[ \t]*/.exec(line.slice(column))?.[0].length ?? 0)
}
