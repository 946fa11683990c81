import type { InjectionKey, Ref } from 'vue'

/** How a view opens the history, and whether it is standing open beside it. */
export const historyKey: InjectionKey<{ shown: Readonly<Ref<boolean>>; open: () => void }> = Symbol('history')
