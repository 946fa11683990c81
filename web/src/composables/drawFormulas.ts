/** Draws the TeX that an answer holds; KaTeX is fetched with the first formula. A formula it can't read stays TeX. */
export async function drawFormulas(root: HTMLElement): Promise<void> {
  const formulas = [...root.querySelectorAll<HTMLElement>('.math:not([data-drawn])')]
  if (!formulas.length) return
  const [{ default: katex }] = await Promise.all([import('katex'), import('katex/dist/katex.min.css')])
  for (const formula of formulas) {
    const options = {
      displayMode: 'display' in formula.dataset,
      throwOnError: true,
      trust: false,
      maxSize: 20,
      maxExpand: 200,
    }
    try {
      formula.innerHTML = katex.renderToString(formula.textContent, options)
      formula.dataset.drawn = ''
    } catch {
      formula.dataset.drawn = 'failed'
    }
  }
}
