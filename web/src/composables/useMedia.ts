import { onScopeDispose, ref } from 'vue'

/** Whether a media query matches, kept up to date. */
export function useMedia(query: string) {
  const list = matchMedia(query)
  const matches = ref(list.matches)
  const update = () => (matches.value = list.matches)
  list.addEventListener('change', update)
  onScopeDispose(() => list.removeEventListener('change', update))
  return matches
}

/** Room for conversation and picture side by side. */
export const useWide = () => useMedia('(min-width: 1024px)')
export const useReducedMotion = () => useMedia('(prefers-reduced-motion: reduce)')
