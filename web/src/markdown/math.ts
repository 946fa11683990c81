import type { MarkdownIt, StateInline } from 'markdown-it'

interface Fence {
  open: string
  close: string
  display: boolean
}

const FENCES: readonly Fence[] = [
  { open: '$$', close: '$$', display: true },
  { open: '\\[', close: '\\]', display: true },
  { open: '\\(', close: '\\)', display: false },
  { open: '$', close: '$', display: false },
]

/** Pandoc's rule for single dollars, so that prices stay prices: no blank inside, no digit after. */
function isFormula(body: string, after: string, fence: Fence): boolean {
  if (!body.trim()) return false
  return fence.open !== '$' || (!/^\s|\s$/.test(body) && !/\d/.test(after) && !body.includes('\n'))
}

function math(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state
  const fence = FENCES.find(({ open }) => src.startsWith(open, pos))
  if (!fence) return false
  const from = pos + fence.open.length
  const to = src.indexOf(fence.close, from)
  if (to < 0 || to + fence.close.length > posMax) return false
  const body = src.slice(from, to)
  if (!isFormula(body, src.charAt(to + fence.close.length), fence)) return false
  if (!silent) {
    const token = state.push('math', 'span', 0)
    token.markup = fence.open
    token.content = body
    token.meta = { display: fence.display }
  }
  state.pos = to + fence.close.length
  return true
}

/** Formulas in TeX become `<span class="math" data-display>` with the TeX inside; KaTeX draws them when it is there. */
export function mathPlugin(md: MarkdownIt): void {
  md.inline.ruler.before('escape', 'math', math)
}
