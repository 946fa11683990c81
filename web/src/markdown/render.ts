import DOMPurify from 'dompurify'
import MarkdownIt, { type RendererRule, type Token } from 'markdown-it'

import { mathPlugin } from './math'
import { normalize, type Span } from './offsets'
import { joinText, placesOf, placeTokens } from './places'

interface Drawing {
  spans: Span[]
  /** Evidence that already has a mark which the keyboard reaches; further pieces of it don't get another stop. */
  reached: Set<number>
}

const md = new MarkdownIt({ html: false, linkify: false, breaks: true })
md.use(mathPlugin)
// Kept apart so that `\*` and `&amp;` still say how much source they stand for (see places.ts).
md.core.ruler.disable('text_join')

const escape = md.utils.escapeHtml

/** The ids of the spans over a source position, the shortest span first: a click means the most exact one. */
function idsAt(spans: readonly Span[], place: number): string {
  return spans
    .filter(({ start, end }) => start <= place && place < end)
    .map(({ id }) => id)
    .join(' ')
}

function mark(html: string, ids: string, drawing: Drawing): string {
  if (!ids || !html.trim()) return html
  const first = Number(ids.split(' ')[0])
  const stop = drawing.reached.has(first) ? '' : ' tabindex="0" role="button"'
  drawing.reached.add(first)
  return `<mark class="evidence" data-evidence="${ids}"${stop}>${html}</mark>`
}

/** The token's text as HTML, the stretches under evidence in <mark>. */
function marked(token: Token, drawing: Drawing): string {
  const places = placesOf(token)
  if (!places || !drawing.spans.length) return escape(token.content)
  let html = ''
  for (let from = 0, to = 0; from < token.content.length; from = to) {
    const ids = idsAt(drawing.spans, places[from] ?? -1)
    while (to < token.content.length && idsAt(drawing.spans, places[to] ?? -1) === ids) to++
    html += mark(escape(token.content.slice(from, to)), ids, drawing)
  }
  return html
}

/** A renderer's rule from a function that draws one token. */
function rule(draw: (token: Token, drawing: Drawing) => string): RendererRule {
  return (tokens, at, _options, env) => {
    const token = tokens[at]
    return token ? draw(token, env as unknown as Drawing) : ''
  }
}

function drawMath(token: Token, drawing: Drawing): string {
  const ids = (placesOf(token) ?? []).map((place) => idsAt(drawing.spans, place)).find((found) => found !== '') ?? ''
  const display = token.meta?.display ? ' data-display="true"' : ''
  return mark(`<span class="math"${display}>${escape(token.content)}</span>`, ids, drawing)
}

Object.assign(md.renderer.rules, {
  text: rule(marked),
  text_special: rule(marked),
  image: rule((token, drawing) => `[${marked(token, drawing)}]`),
  code_inline: rule((token, drawing) => `<code>${marked(token, drawing)}</code>`),
  code_block: rule((token, drawing) => `<pre tabindex="0"><code>${marked(token, drawing)}</code></pre>\n`),
  fence: rule((token, drawing) => `<pre tabindex="0"><code>${marked(token, drawing)}</code></pre>\n`),
  math: rule(drawMath),
  table_open: rule(() => '<div class="table" tabindex="0"><table>\n'),
  table_close: rule(() => '</table></div>\n'),
  link_open: rule((token) => {
    const address = escape(String(token.attrGet('href') ?? ''))
    return `<a href="${address}" rel="noopener noreferrer nofollow" target="_blank">`
  }),
})

const TAGS =
  'p br hr strong em s del code pre blockquote ul ol li h1 h2 h3 h4 h5 h6 table thead tbody tr th td div span mark a'
const ATTRIBUTES = 'rel target class style start tabindex role data-evidence data-display'.split(' ')
const CLEAN = {
  ALLOWED_TAGS: TAGS.split(' '),
  ALLOWED_ATTR: ['href', ...ATTRIBUTES],
  // DOMPurify holds every attribute's value against the pattern for addresses, except these.
  ADD_URI_SAFE_ATTR: ATTRIBUTES,
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
}

/**
 * An answer's Markdown as safe HTML: no HTML of the answer's own, no pictures, links that tell nothing.
 *
 * The spans (from `spansOf`, of the same text) become <mark data-evidence="index">, also inside bold text, lists,
 * tables and code. What a span covers in several pieces carries the same index in each.
 */
export function renderMarkdown(text: string, spans: readonly Span[] = []): string {
  const source = normalize(text)
  const tokens = md.parse(source, {})
  const shortestFirst = [...spans].sort((a, b) => a.end - a.start - (b.end - b.start))
  if (spans.length) {
    placeTokens(tokens, source)
    for (const token of tokens) if (token.children) token.children = joinText(token.children)
  }
  const drawing: Drawing = { spans: shortestFirst, reached: new Set() }
  return DOMPurify.sanitize(md.renderer.render(tokens, md.options, { ...drawing }), CLEAN)
}
