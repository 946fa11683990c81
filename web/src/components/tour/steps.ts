import type { RouteLocationRaw } from 'vue-router'

/** The steps in their order, by the name of their words; `to` tries the step on a sample picture. */
export const STEPS: readonly { id: 'ask' | 'documents' | 'charts' | 'support'; to: RouteLocationRaw }[] = [
  { id: 'ask', to: { path: '/', query: { sample: 'invoice', question: 1 } } },
  { id: 'documents', to: { path: '/documents', query: { sample: 'invoice' } } },
  { id: 'charts', to: { path: '/charts', query: { sample: 'chart' } } },
  { id: 'support', to: { path: '/', query: { sample: 'product', question: 0 } } },
]
