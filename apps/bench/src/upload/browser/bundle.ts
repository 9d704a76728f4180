import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const PAGES = fileURLToPath(new URL('./pages/', import.meta.url))

/** Builds the blank pages that carry Uppy and the SDK, as their users would. */
export async function bundlePages(outDir: string): Promise<void> {
  await build({
    root: PAGES,
    configFile: false,
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: true,
      target: 'esnext',
      chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
      rolldownOptions: { input: [`${PAGES}sdk.html`, `${PAGES}uppy.html`] },
    },
  })
}
