import type { Component } from 'vue'

/** A part of the page with a place of its own in the navigation; its name is `sections.<id>` in the texts. */
export interface Section {
  id: 'chat' | 'documents' | 'charts' | 'review' | 'support' | 'rollout' | 'overview' | 'reports'
  path: string
  icon: Component
}
