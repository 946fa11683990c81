import { client, unwrap } from './client'
import type { Detail, Estimate } from './types'

/** How closely a vision model looks at pictures: a choice of this browser. */
const NAME = 'wentu.detail'
export const DETAILS: readonly Detail[] = ['quick', 'balanced', 'precise']

function read(): Detail {
  try {
    return DETAILS.find((detail) => detail === localStorage.getItem(NAME)) ?? 'balanced'
  } catch {
    return 'balanced'
  }
}

let chosen = read()

export const currentDetail = (): Detail => chosen

export function keepDetail(detail: Detail): void {
  chosen = detail
  try {
    localStorage.setItem(NAME, detail)
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

/** About how long an answer about these pictures will take. */
export async function loadEstimate(pictures: readonly string[]): Promise<Estimate> {
  return await unwrap(client.GET('/v1/estimate', { params: { query: { pictures: pictures.join(',') } } }))
}
