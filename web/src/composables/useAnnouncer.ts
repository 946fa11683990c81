import { ref } from 'vue'

/** What screen readers are told, politely: stages and finished answers, not every token. */
const spoken = ref('')

export function useAnnouncer() {
  function announce(text: string): void {
    // The same words twice would not be read twice.
    spoken.value = spoken.value === text ? `${text}\u00A0` : text
  }
  return { spoken, announce }
}
