import type { ErrorBody, Language } from '@/api/types'

import { type ErrorText, errorTexts } from './errorTexts'
import { ruleTexts } from './ruleTexts'

const fallback: Record<Language, ErrorText> = {
  'zh-CN': { say: ['出了点问题（{code}）。'], hint: '再试一次。' },
  en: { say: ['Something went wrong ({code}).'], hint: 'Try again.' },
}

function fill(template: string, values: Record<string, string>): string | null {
  let complete = true
  const text = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    complete &&= name in values
    return values[name] ?? ''
  })
  return complete ? text : null
}

/** An error in the reader's language: by its rule, its code and its values; the server's English where a code is new. */
export function errorText(error: ErrorBody, language: Language): { message: string; hint: string } {
  const known = [ruleTexts[error.params?.rule ?? ''], errorTexts[error.code]].flatMap((text) => text?.[language] ?? [])
  if (!known.length && language === 'en' && error.message) return { message: error.message, hint: error.hint ?? '' }
  const texts = [...known, fallback[language]]
  const values = { ...error.params, code: error.code }
  const message = texts
    .flatMap(({ say }) => say)
    .map((template) => fill(template, values))
    .find((said) => said !== null)
  return { message: message ?? error.message, hint: texts[0]?.hint ?? '' }
}
