import { cpSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, URL } from 'node:url'

import vue from '@vitejs/plugin-vue'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const outDir = fileURLToPath(new URL('../src/wentu/web_dist', import.meta.url))
const server = process.env.WENTU_SERVER ?? 'http://127.0.0.1:8760'

/** Puts Swagger UI beside the page, so that /docs works without a network. */
function swaggerUi(): Plugin {
  return {
    name: 'wentu-swagger-ui',
    apply: 'build',
    closeBundle() {
      const from = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
      mkdirSync(join(outDir, 'docs'), { recursive: true })
      for (const file of ['swagger-ui-bundle.js', 'swagger-ui.css', 'LICENSE', 'NOTICE']) {
        cpSync(join(from, file), join(outDir, 'docs', file))
      }
    },
  }
}

/** Keeps KaTeX's fonts in one format: every browser that runs this page reads WOFF2. */
function onlyWoff2(): Plugin {
  return {
    name: 'wentu-only-woff2',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('katex') || !/\.css($|\?)/.test(id)) return
      return code.replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\(["'][^"']*["']\)/g, '')
    },
  }
}

export default defineConfig({
  plugins: [vue(), onlyWoff2(), swaggerUi()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir,
    emptyOutDir: true,
    // The server's content security policy allows no data: fonts, so nothing is inlined.
    assetsInlineLimit: 0,
    // The sources are in the repository; maps would triple the wheel's share of the page.
    sourcemap: false,
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(['/v1', '/healthz', '/readyz', '/openapi.json', '/docs'].map((path) => [path, server])),
  },
  test: {
    environment: 'jsdom',
    environmentOptions: { jsdom: { url: 'http://127.0.0.1:8760/' } },
    setupFiles: ['src/test/setup.ts'],
    restoreMocks: true,
  },
})
