import { defineStore } from 'pinia'
import { ref } from 'vue'

import { keep, recall } from './remembered'

const NAME = 'wentu.tour'
const SEEN = 'seen'

/** Whether the tour stands on the page: by itself on this browser's first visit, later for whoever asks for it. */
export const useTour = defineStore('tour', () => {
  const running = ref(recall(NAME) !== SEEN)

  function start(): void {
    running.value = true
  }

  function end(): void {
    running.value = false
    keep(NAME, SEEN)
  }

  return { running, start, end }
})
