import './styles/tokens.css'
import './styles/base.css'
import './styles/markdown.css'

import { createPinia } from 'pinia'
import { createApp } from 'vue'

import App from './App.vue'
import { i18n } from './i18n'
import { router } from './router'
import { useSettings } from './stores/settings'

const app = createApp(App)
app.use(createPinia())
app.use(i18n)
app.use(router)
// The chosen language has to be known before anything is drawn.
useSettings()
app.mount('#app')
