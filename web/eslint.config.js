import { defineConfigWithVueTs, vueTsConfigs } from '@vue/eslint-config-typescript'
import prettier from 'eslint-config-prettier/flat'
import vue from 'eslint-plugin-vue'
import a11y from 'eslint-plugin-vuejs-accessibility'

/** Imports go one way: views -> components -> composables -> stores -> api. Each folder may not reach upwards. */
const layers = ['api', 'stores', 'composables', 'components', 'views']

const oneWay = layers.map((layer, level) => ({
  files: [`src/${layer}/**/*.{ts,vue}`],
  ignores: ['**/*.spec.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: [...layers.slice(level + 1), 'router'].map((above) => `@/${above}/**`),
            message: 'Imports go one way: views -> components -> composables -> stores -> api.',
          },
          { group: ['../*'], message: "Say '@/...' across folders, so that the direction can be checked." },
        ],
      },
    ],
  },
}))

export default defineConfigWithVueTs(
  { ignores: ['node_modules', 'src/api/schema.d.ts'] },
  vue.configs['flat/recommended'],
  vueTsConfigs.strict,
  a11y.configs['flat/recommended'],
  {
    rules: {
      'vue/multi-word-component-names': 'off',
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/define-macros-order': ['error', { order: ['defineModel', 'defineProps', 'defineEmits'] }],
      'vue/no-unused-refs': 'error',
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
      'max-lines': ['error', { max: 260, skipBlankLines: true, skipComments: true }],
    },
  },
  prettier,
  ...oneWay,
  {
    // Pure text work: knows neither the page nor the server.
    files: ['src/markdown/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group: ['@/*', 'vue'] }] }] },
  },
)
