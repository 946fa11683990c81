import { watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/**
 * Has a section take the sample that its address names, once: `/charts?sample=chart`. The tour's steps lead there.
 *
 * `number`: which of the sample's questions, from 0 (`/?sample=invoice&question=1`). The question itself is never taken
 * from an address, or any link could ask in a visitor's name.
 */
export function useAskedSample(path: string, take: (id: string, number: number) => void): void {
  const route = useRoute()
  const router = useRouter()
  watch(
    // A section that is being left sees the next one's address, too.
    () => (route.path === path ? route.query.sample : undefined),
    (id) => {
      if (typeof id !== 'string') return
      const number = Number(route.query.question ?? 0)
      void router.replace(path)
      take(id, Number.isInteger(number) ? number : 0)
    },
    { immediate: true },
  )
}
