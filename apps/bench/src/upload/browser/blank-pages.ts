import { MIB } from '@bellhop/model'
import type { Contender } from '../contender.ts'
import { inChromium } from './in-chromium.ts'
import type { UppySettings } from './pages/uppy.ts'

const INPUT = 'input[type="file"]'
const TUNED_CHUNK_BYTES = 16 * MIB

/** The SDK alone, bundled for browsers, without a page round it. */
export function sdkInBrowser(origin: string, server: { readonly url: string; readonly apiKey: string }): Contender {
  return inChromium({
    url: `${origin}/sdk.html`,
    input: INPUT,
    async prepare(page) {
      await page.waitForFunction(() => 'sendBySdk' in window)
      return () => page.evaluate((given) => window.sendBySdk(given), server)
    },
  })
}

/** In parts of 5 MiB, which is its own choice for files above 100 MB. */
export function uppy(origin: string): Contender {
  return uppyWith(origin, { shouldUseMultipart: true })
}

export function uppyTuned(origin: string): Contender {
  return uppyWith(origin, { shouldUseMultipart: true, chunkBytes: TUNED_CHUNK_BYTES })
}

/** One PUT of the whole, its own choice up to 100 MB: nothing can be resumed, and beyond 5 GiB no store takes it. */
export function uppySingle(origin: string): Contender {
  return uppyWith(origin, { shouldUseMultipart: false })
}

function uppyWith(origin: string, settings: Omit<UppySettings, 'objectKey'>): Contender {
  return inChromium({
    url: `${origin}/uppy.html`,
    input: INPUT,
    async prepare(page, objectKey) {
      await page.waitForFunction(() => 'sendByUppy' in window)
      return () => page.evaluate((given) => window.sendByUppy(given), { ...settings, objectKey })
    },
  })
}
