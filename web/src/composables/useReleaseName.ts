import { useI18n } from 'vue-i18n'

import type { Kind } from '@/api/rollout'

/** What people call a version, a policy or a knowledge base by its name: numbers alone would say nothing. */
export function useReleaseName(): (kind: Kind, name: string) => string {
  const { t } = useI18n()
  return (kind, name) => {
    if (!name) return '—'
    if (kind === 'model') return name
    if (kind === 'policy') return name === '0' ? t('rollout.shippedPolicy') : t('rollout.policyName', { n: name })
    return t(name.includes('.') ? 'rollout.copyName' : 'rollout.knowledgeName', { n: name })
  }
}
