import type { FileId } from '@bellhop/model'
import type { BrowserContextOptions, Page } from 'playwright-core'
import type { Contender } from '../contender.ts'
import { ResidentWatch } from '../resident-watch.ts'
import { launchChromium, pidsOf } from './chromium.ts'

/** An upload that takes longer is given up. */
const UPLOAD_MS = 600_000

export interface Visit {
  readonly url: string
  readonly session?: NonNullable<BrowserContextOptions['storageState']>
  /** The page's input for files; the file that is put in is one on disk, whose bytes no script of ours touches. */
  readonly input: string
  /** Called before the file is picked. What it answers is called after, and times the upload by the page's own clock. */
  prepare(page: Page, objectKey: string): Promise<() => Promise<{ seconds: number; fileId?: FileId }>>
}

/** A Chromium of its own for each upload, so that none finds connections, caches or memory of another. */
export function inChromium({ url, session, input, prepare }: Visit): Contender {
  return {
    async send({ path, objectKey, onReady, signal }) {
      await using browser = await launchChromium()
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(UPLOAD_MS)])
      const stop = () => void browser.close()
      bounded.addEventListener('abort', stop, { once: true })
      try {
        const context = await browser.newContext(session ? { storageState: session } : {})
        const page = await context.newPage()
        await page.goto(url)
        const send = await prepare(page, objectKey)
        await onReady()
        using memory = new ResidentWatch(await pidsOf(browser))
        await page.locator(input).setInputFiles(path)
        const sent = await send()
        return { ...sent, peakBytes: memory.peakBytes }
      } catch (error) {
        bounded.throwIfAborted()
        throw error
      } finally {
        bounded.removeEventListener('abort', stop)
      }
    },
  }
}
