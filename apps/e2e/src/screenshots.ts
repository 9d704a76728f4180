import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect } from '@bellhop/client'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { launchChromium } from './page/chromium.ts'
import { seedLibrary, seedWork } from './screenshots/seed.ts'
import { smallPng } from './screenshots/small-png.ts'
import { startBellhop } from './start-bellhop.ts'

/** Takes the pictures of the README from the running page: `node apps/e2e/src/screenshots.ts [OUTDIR]`. */
const DEFAULT_DIR = fileURLToPath(new URL('../../../docs/screenshots', import.meta.url))
const WIDE = { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 2, locale: 'en-US' }
const NARROW = { ...WIDE, viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }
const RUNNING_FRACTION = 0.4

const outDir = process.argv[2] ?? DEFAULT_DIR
await mkdir(outDir, { recursive: true })
await using running = await startBellhop()
await using bellhop = connect({ url: running.url, apiKey: running.apiKey })
await using browser = await launchChromium()
const { rides, film } = await seedLibrary(bellhop)
const session = await signIn(browser)

await take('library', '/', WIDE)
await take('dataset', `/files/${rides.id}`, { ...WIDE, viewport: { width: 1280, height: 960 } })
await take('video', `/files/${film.id}`, { ...WIDE, viewport: { width: 1280, height: 960 } }, untilPlayed)
await take('library-korean-dark', '/', { ...WIDE, colorScheme: 'dark', locale: 'ko-KR' })
await take('library-narrow', '/', NARROW)
await take('settings-storage', '/settings/storage', WIDE, untilReached)
await bellhop.files.downloadUrl(rides.id)
await take('settings-keys', '/settings/keys', WIDE)
const work = await seedWork(bellhop)
await take('jobs', '/jobs', WIDE, untilHalfDone)
await bellhop.views.refresh('usage')
await take('insights', '/insights', { ...WIDE, viewport: { width: 1280, height: 840 } })
await take('operations', '/operations', { ...WIDE, viewport: { width: 1280, height: 1320 } })
await take('settings-room-korean', '/settings/room', { ...WIDE, locale: 'ko-KR' }, bounded)

async function signIn(visitor: Browser): Promise<BrowserContextOptions['storageState']> {
  await using context = await visitor.newContext()
  const page = await context.newPage()
  await page.goto(running.signInLink())
  await page.getByRole('main').getByRole('button').first().click()
  await page.waitForURL(`${running.url}/`)
  return await context.storageState()
}

async function take(
  name: string,
  path: string,
  options: BrowserContextOptions,
  ready: (page: Page) => Promise<void> = async () => {},
): Promise<void> {
  await using context = await browser.newContext({ reducedMotion: 'reduce', storageState: session, ...options })
  const page = await context.newPage()
  await page.goto(new URL(path, running.url).href)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForLoadState('networkidle')
  await untilPicturesShow(page)
  // Scroll bars are not drawn, so their place must not be either.
  await page.evaluate(() => document.documentElement.style.setProperty('scrollbar-gutter', 'auto'))
  await ready(page)
  const picture = await smallPng(await page.screenshot())
  await writeFile(join(outDir, `${name}.png`), picture)
  console.log(`${name}.png  ${Math.round(picture.length / 1000)} kB`)
}

/** Those in sight have come and have faded in. */
async function untilPicturesShow(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.images]
      .filter((image) => image.getBoundingClientRect().top < innerHeight)
      .every((image) => image.naturalWidth > 0 && getComputedStyle(image).opacity === '1'),
  )
}

/** Stopped in the middle, so that there is something to see. */
async function untilPlayed(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Play / }).click()
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0.5)
  await page.keyboard.press('k')
  await page.getByRole('slider', { name: 'Position' }).fill('7')
  await page.waitForFunction(() => document.querySelector('video')?.seeking === false)
}

/** With bounds, so that there is something to see. */
async function bounded(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: '모든 파일의 합' }).fill('0.5')
  await page.getByRole('textbox', { name: '파일 수' }).fill('1000')
  const types = page.getByRole('textbox', { name: '받는 형식' })
  for (const type of ['image/*', 'text/csv', 'application/pdf']) {
    await types.fill(type)
    await types.press('Enter')
  }
  await page.getByRole('button', { name: '한도 저장' }).click()
  await page.getByRole('button', { name: '한도 저장', disabled: true }).waitFor()
  await page.getByRole('heading', { level: 1 }).focus()
}

/** The browser has found out whether it reaches the store. */
async function untilReached(page: Page): Promise<void> {
  await page.getByText(/^This browser reaches your store/).waitFor()
}

async function untilHalfDone(): Promise<void> {
  const [job] = work.running.jobs
  if (!job) throw new Error('No job started by itself.')
  for await (const { progress } of bellhop.jobs.watch(job)) if (progress >= RUNNING_FRACTION) return
}
