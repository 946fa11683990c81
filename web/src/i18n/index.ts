import { createI18n } from 'vue-i18n'

import type { Language } from '@/api/types'

import en from './en'
import zhCN, { type Messages } from './zh-CN'

export const LANGUAGES: readonly { id: Language; name: string }[] = [
  { id: 'zh-CN', name: '简体中文' },
  { id: 'en', name: 'English' },
]

/** Chinese unless the browser's first language is another one. */
export function preferredLanguage(languages: readonly string[] = navigator.languages): Language {
  const first = languages[0] ?? 'zh'
  return first.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

export const i18n = createI18n<[Messages], Language, false>({
  legacy: false,
  locale: preferredLanguage(),
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zhCN, en },
})

declare module 'vue-i18n' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type
  export interface DefineLocaleMessage extends Messages {}
}
