import { readdirSync } from 'node:fs'
import { defineConfig } from 'vite'

const root = import.meta.dirname

/** One entry per page: every `NAME.html` here becomes `dist/NAME.html`. */
const pages = readdirSync(root).filter((name) => name.endsWith('.html'))

export default defineConfig({
  root,
  base: '/',
  // Copied as it is: its address must not change with its content.
  publicDir: 'public',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // The polyfill would be an inline script and `data:` fonts or styles would be refused by the pages' CSP.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // hls.js alone is over the default; it is loaded only by pages that play.
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: Object.fromEntries(pages.map((page) => [page.slice(0, -5), `${root}/${page}`])),
    },
  },
})
