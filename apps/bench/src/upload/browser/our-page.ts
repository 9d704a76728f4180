import { isId } from '@bellhop/model'
import type { BrowserContextOptions } from 'playwright-core'
import type { Contender } from '../contender.ts'
import { launchChromium } from './chromium.ts'
import { inChromium } from './in-chromium.ts'

type Session = NonNullable<BrowserContextOptions['storageState']>

declare global {
  interface Window {
    uploaded: Promise<{ seconds: number; path: string }>
  }
}

/** The page as a person uses it: from picking the file until the tray links to it. The link to sign in works once. */
export async function ourPage(signInLink: string): Promise<Contender> {
  return inChromium({
    url: new URL('/', signInLink).href,
    session: await signIn(signInLink),
    input: 'input[type="file"][multiple]',
    async prepare(page) {
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.waitForLoadState('networkidle')
      await page.evaluate(() => {
        const picked = new Promise<number>((resolve) => {
          document.addEventListener('change', () => resolve(performance.now()), { capture: true, once: true })
        })
        const linked = new Promise<{ path: string; atMs: number }>((resolve, reject) => {
          const look = () => {
            const tray = document.querySelector('section[aria-label="Uploads"]')
            const link = tray?.querySelector('a[href^="/files/"]')
            if (link) resolve({ path: link.getAttribute('href') ?? '', atMs: performance.now() })
            if (tray?.querySelector('svg.text-bad')) reject(new Error(`The tray says: ${tray.textContent}`))
          }
          new MutationObserver(look).observe(document.body, { childList: true, subtree: true })
        })
        window.uploaded = Promise.all([picked, linked]).then(([startedAtMs, { path, atMs }]) => ({
          seconds: (atMs - startedAtMs) / 1000,
          path,
        }))
      })
      return async () => {
        const { seconds, path } = await page.evaluate(() => window.uploaded)
        const fileId = path.slice('/files/'.length)
        if (!isId('file', fileId)) throw new Error(`The tray links to ${path}, which is the page of no file.`)
        return { seconds, fileId }
      }
    },
  })
}

async function signIn(link: string): Promise<Session> {
  await using browser = await launchChromium()
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(link)
  await page.getByRole('button', { name: 'Sign in as' }).click()
  await page.waitForURL((url) => url.pathname === '/')
  return await context.storageState()
}
