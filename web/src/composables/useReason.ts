import { useI18n } from 'vue-i18n'

/** What the guardian writes into the history, by its English words (`worker/guardian.py`, `rollout/analysis.py`). */
const KNOWN: readonly [RegExp, string][] = [
  [/^(\w+) (\S+) is beyond (\S+)$/, 'rail'],
  [/^worse in (.+)$/, 'worse'],
  [/^more good answers, and nothing is worse$/, 'better'],
  [/^no difference was found in (\d+) answers$/, 'inconclusive'],
  [/^the sessions are not split as set \(p = (\S+)\)$/, 'split'],
  [/^(\d+) answers without a limit broken$/, 'step'],
  [/^the first version on this machine$/, 'first'],
  [/^in force before$/, 'before'],
]

/** The reason of a decision in the reader's language; what a person wrote stays as it is. */
export function useReason(): (reason: string) => string {
  const { t, te } = useI18n()
  const named = (group: 'rails' | 'measures', id: string): string =>
    te(`rollout.${group}.${id}`) ? t(`rollout.${group}.${id}`) : id

  return (reason) => {
    for (const [form, key] of KNOWN) {
      const found = form.exec(reason)
      if (!found) continue
      const [, first = '', value = '', limit = ''] = found
      const what =
        key === 'worse'
          ? first
              .split(', ')
              .map((one) => named('measures', one))
              .join(t('rollout.reasons.and'))
          : named('rails', first)
      return t(`rollout.reasons.${key}`, { what, value, limit })
    }
    return reason
  }
}
