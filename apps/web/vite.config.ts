import optimizeLocales from '@react-aria/optimize-locales-plugin'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** `vite` alone serves the page with hot reload and hands everything else to a server that was started before. */
const SERVER = 'http://127.0.0.1:3000'

export default defineConfig({
  plugins: [{ ...optimizeLocales.vite({ locales: ['en-US', 'ko-KR'] }), enforce: 'pre' }, react(), tailwindcss()],
  build: {
    rolldownOptions: {
      treeshake: {
        // `model` is pure: without this the schemas of all job kinds, and zod with them, would travel to the browser.
        moduleSideEffects: [{ test: /packages[\\/](model|client|react)[\\/]src/, sideEffects: false }],
      },
    },
  },
  server: { proxy: { '/trpc': { target: SERVER, ws: true }, '/auth': SERVER } },
})
