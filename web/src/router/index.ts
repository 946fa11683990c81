import { createRouter, createWebHistory } from 'vue-router'

import ChatView from '@/views/ChatView.vue'

import { sectionRoutes } from './sections'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    // One record for both, so that the first answer's new address does not build the page anew.
    {
      path: '/:place(s)?/:id?',
      component: ChatView,
      props: ({ params }) => (params.id ? { id: String(params.id) } : {}),
    },
    ...sectionRoutes,
    { path: '/settings', component: () => import('@/views/SettingsView.vue') },
    { path: '/:rest(.*)*', component: () => import('@/views/NotFoundView.vue') },
  ],
})
