import { render } from '@testing-library/vue'
import { createPinia } from 'pinia'
import { onTestFinished } from 'vitest'
import { type Component, effectScope } from 'vue'

import { i18n } from '@/i18n'

/** What a composable gives outside a component; its scope ends with the test. */
export function scoped<T>(use: () => T): T {
  const scope = effectScope()
  onTestFinished(() => scope.stop())
  const made = scope.run(use)
  if (made === undefined) throw new Error('the scope is over')
  return made
}

/** Draws a component as the app would, in Chinese. */
export function draw(component: Component, props: Record<string, unknown> = {}) {
  i18n.global.locale.value = 'zh-CN'
  return render(component, { props, global: { plugins: [i18n, createPinia()], stubs: { RouterLink: true } } })
}
