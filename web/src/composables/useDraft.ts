import { ref, watch } from 'vue'

/** The question being typed, by conversation; a reload of the tab keeps it. */
export function useDraft(conversation: () => string) {
  const name = () => `wentu.draft.${conversation()}`
  const text = ref(sessionStorage.getItem(name()) ?? '')

  watch(conversation, () => (text.value = sessionStorage.getItem(name()) ?? ''), { flush: 'sync' })
  watch(text, (value) => {
    if (value) sessionStorage.setItem(name(), value)
    else sessionStorage.removeItem(name())
  })

  return text
}
