import { ChartColumn, FileText, Gauge, Timer, GitCompareArrows, Headset, MessageCircle, ShieldCheck } from '@lucide/vue'
import type { RouteRecordRaw } from 'vue-router'

import type { Section } from '@/components/layout/section'

/** A section with its view, loaded when it is first opened; the chat is always there. */
interface Place extends Section {
  view: (() => Promise<unknown>) | null
}

export const sections: readonly Place[] = [
  { id: 'chat', path: '/', icon: MessageCircle, view: null },
  { id: 'documents', path: '/documents', icon: FileText, view: () => import('@/views/DocumentsView.vue') },
  { id: 'charts', path: '/charts', icon: ChartColumn, view: () => import('@/views/ChartsView.vue') },
  { id: 'support', path: '/support', icon: Headset, view: () => import('@/views/SupportView.vue') },
  { id: 'review', path: '/review', icon: ShieldCheck, view: () => import('@/views/SafetyView.vue') },
  { id: 'rollout', path: '/versions', icon: GitCompareArrows, view: () => import('@/views/RolloutView.vue') },
  { id: 'overview', path: '/overview', icon: Gauge, view: () => import('@/views/OverviewView.vue') },
  { id: 'reports', path: '/measured', icon: Timer, view: () => import('@/views/ReportsView.vue') },
]

/** The routes of all sections but the chat, which has one of its own. */
export const sectionRoutes = sections.flatMap(({ path, view }): RouteRecordRaw[] =>
  view ? [{ path, component: view }] : [],
)
