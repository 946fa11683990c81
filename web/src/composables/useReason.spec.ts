import { render } from '@testing-library/vue'
import { describe, expect, it } from 'vitest'
import { defineComponent, h } from 'vue'

import { i18n } from '@/i18n'

import { useReason } from './useReason'

function inWords(reason: string, language: 'zh-CN' | 'en'): string {
  i18n.global.locale.value = language
  const shown = render(
    defineComponent(() => {
      const words = useReason()
      return () => h('p', words(reason))
    }),
    { global: { plugins: [i18n] } },
  )
  return shown.container.textContent
}

describe('the reason of a decision', () => {
  it('is told in the reader’s language where the guardian wrote it', () => {
    expect(inWords('error_rate 0.5 is beyond 0.1', 'zh-CN')).toBe('出错率 0.5，越过界限 0.1')
    expect(inWords('worse in good, ttft', 'zh-CN')).toBe('变差：好回答、首字时间')
    expect(inWords('the sessions are not split as set (p = 0.00058)', 'en')).toBe(
      'The sessions are not split as set (p = 0.00058)',
    )
  })

  it('stays as it is where a person wrote it', () => {
    expect(inWords('太慢了 is beyond me', 'zh-CN')).toBe('太慢了 is beyond me')
  })
})
