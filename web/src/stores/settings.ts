import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'

import { consentGiven, keepConsent } from '@/api/consent'
import { currentKey, keepKey } from '@/api/key'
import type { Language } from '@/api/types'
import { i18n } from '@/i18n'

import { keep, recall } from './remembered'

export type Theme = 'system' | 'light' | 'dark'

/** What a person chose for this browser: language, theme, API key, whether questions may be kept. */
export const useSettings = defineStore('settings', () => {
  const chosen = recall('wentu.language')
  const language = ref<Language>(chosen === 'en' || chosen === 'zh-CN' ? chosen : i18n.global.locale.value)
  const theme = ref<Theme>((recall('wentu.theme') as Theme | null) ?? 'system')
  const key = ref(currentKey())
  const record = ref(consentGiven())

  watch(
    language,
    (value) => {
      i18n.global.locale.value = value
      document.documentElement.lang = value
    },
    { immediate: true },
  )

  function chooseLanguage(value: Language): void {
    language.value = value
    keep('wentu.language', value)
  }

  /** public/theme.js reads the same name before the first paint. */
  function chooseTheme(value: Theme): void {
    theme.value = value
    keep('wentu.theme', value)
    if (value === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = value
  }

  function setKey(value: string, remember: boolean): void {
    keepKey(value, remember)
    key.value = currentKey()
  }

  function chooseRecord(value: boolean): void {
    record.value = value
    keepConsent(value)
  }

  const maskedKey = computed(() => (key.value ? `${key.value.slice(0, 5)}…${key.value.slice(-3)}` : ''))

  return { language, theme, key, record, maskedKey, chooseLanguage, chooseTheme, chooseRecord, setKey }
})
