import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@bellhop/client'
import type { Bellhop, UploadedFile } from '@bellhop/client'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { seriousViolations } from '../src/page/accessibility.ts'
import { dragFiles } from '../src/page/drop.ts'
import { OwnersBrowser, heading, settled, signIn, tabTo } from '../src/page/owners-browser.ts'
import { recordProgress } from '../src/page/progress-record.ts'
import { orderRow, writePhoto } from '../src/sample-files.ts'
import { startBellhop } from '../src/start-bellhop.ts'
import type { RunningBellhop } from '../src/start-bellhop.ts'

const NARROW = { width: 360, height: 740 }
const PHOTO = { width: 1600, height: 1200 }
/** Above 16 MiB, so that it goes in parts. */
const DROPPED_ROWS = 300_000
const SOON_MS = 10_000
/** Slow enough that a person could watch it. */
const UPLOAD_BYTES_PER_S = 12_000_000

let running: RunningBellhop
let bellhop: Bellhop
let browser: OwnersBrowser
let dir: string
let photo: Buffer
let harbour: UploadedFile
let tides: UploadedFile

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bellhop-e2e-files-'))
  running = await startBellhop()
  bellhop = connect({ url: running.url, apiKey: running.apiKey })
  photo = await readFile((await writePhoto(join(dir, 'harbour.jpg'), PHOTO.width, PHOTO.height)).path)
  harbour = await bellhop.files.upload(join(dir, 'harbour.jpg'), { tags: ['coast'] })
  tides = await bellhop.files.upload(new Blob([ordersCsv(2_000)]), { name: 'tides.csv', tags: ['coast', 'sea'] })
  await Promise.all([...harbour.jobs, ...tides.jobs].map((job) => bellhop.jobs.wait(job)))
  browser = await OwnersBrowser.open(running)
})

afterEach(async () => expect(await browser.closePages()).toEqual([]))

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]()
  await bellhop?.[Symbol.asyncDispose]()
  await running?.[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

test('the printed link signs in once; used again, the page says so', async () => {
  const first = await browser.visit(running.signInLink(), { storageState: undefined })
  await signIn(first)
  await heading(first, 'Library').waitFor()
  const second = await browser.visit(running.signInLink(), { storageState: undefined })
  await second.getByRole('button', { name: 'Sign in as Owner' }).click()
  expect(await second.getByRole('alert').textContent()).toMatch(/was used or has expired/)
})

test('who has no session is sent to the door', async () => {
  const page = await browser.visit('/jobs', { storageState: undefined })
  await page.waitForURL('**/sign-in')
  await heading(page, 'Sign in').waitFor()
})

test('an image and a table that are dropped are sent, processed and shown, live', async () => {
  const page = await browser.visit('/')
  await heading(page, 'Library').waitFor()
  const network = await page.context().newCDPSession(page)
  const throttle = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: UPLOAD_BYTES_PER_S }
  await network.send('Network.emulateNetworkConditions', throttle)
  const progress = await recordProgress(page)
  const drop = await dragFiles(page, [
    { name: 'sunrise.jpg', mediaType: 'image/jpeg', content: photo },
    { name: 'orders.csv', mediaType: 'text/csv', content: Buffer.from(ordersCsv(DROPPED_ROWS)) },
  ])
  await page.getByText('Drop to upload').waitFor()
  await drop()

  const tray = page.getByRole('region', { name: 'Uploads' })
  await expect.poll(() => tray.getByText('Done. See the result').count(), { timeout: 60_000 }).toBe(2)
  expect(partial(await progress.of('orders.csv'))).not.toEqual([])
  expect(partial(await progress.of('Progress of Dataset profile of orders.csv'))).not.toEqual([])

  await tray.getByRole('button', { name: 'Clear what is done' }).click()
  await tray.waitFor({ state: 'detached' })
  await card(page, 'orders.csv').getByText('300,000 rows × 6 columns').waitFor()
  await shown(card(page, 'sunrise.jpg').locator('img'))
  expect(await card(page, 'sunrise.jpg').textContent()).toContain('1600 × 1200 px')
})

test('what another client uploads appears by itself, and leaves when it is deleted', async () => {
  const page = await browser.visit('/')
  await card(page, 'tides.csv').waitFor()
  const file = await bellhop.files.upload(new Blob(['hello\n']), { name: 'greeting.txt', mediaType: 'text/plain' })
  await card(page, 'greeting.txt').waitFor()
  await bellhop.files.delete(file.id)
  await card(page, 'greeting.txt').waitFor({ state: 'detached' })
})

test('the page of a dataset shows its columns, their distributions and its first rows', async () => {
  const page = await browser.visit('/')
  await card(page, 'tides.csv').getByRole('link').click()
  await heading(page, 'tides.csv').waitFor()
  const columns = page.getByRole('region', { name: 'Columns' })
  await columns.getByRole('img', { name: /^Distribution of price in \d+ bars/ }).waitFor()
  expect(await columns.getByRole('heading', { level: 3 }).allTextContents()).toEqual([
    'order_id',
    'ordered_at',
    'city',
    'quantity',
    'price',
    'returned',
  ])
  const rows = page.getByRole('region', { name: 'First rows' }).first()
  await rows.getByText('First 100 of 2,000 rows').waitFor()
  expect(await rows.getByRole('row').count()).toBe(101)
})

test('the page of an image shows the picture and its sizes', async () => {
  const page = await browser.visit(`/files/${harbour.id}`)
  await shown(page.getByRole('img', { name: 'Preview of harbour.jpg' }))
  const sizes = page.getByRole('table', { name: 'Sizes for the web' })
  await sizes.getByRole('row').nth(4).waitFor()
  const text = await sizes.textContent()
  for (const part of ['WEBP', 'AVIF', '640 × 480 px', '1280 × 960 px']) expect(text).toContain(part)
})

test('a picture is looked at closely by keys, wheel and drag, and Escape closes it', async () => {
  const page = await browser.visit(`/files/${harbour.id}`)
  const open = page.getByRole('button', { name: 'Look at harbour.jpg closely' })
  await open.press('Enter')
  const viewer = page.getByRole('dialog', { name: 'Preview of harbour.jpg' })
  const picture = viewer.getByRole('img', { name: 'Preview of harbour.jpg' })
  await shown(picture)
  const width = async () => (await picture.boundingBox())?.width ?? 0
  const left = async () => (await picture.boundingBox())?.x ?? 0
  const fitting = await width()
  await page.keyboard.press('+')
  await expect.poll(width).toBeGreaterThan(fitting * 1.4)
  const before = await left()
  await page.mouse.move(400, 300)
  await page.mouse.down()
  await page.mouse.move(440, 300)
  await page.mouse.up()
  await expect.poll(left).toBeGreaterThan(before + 20)
  await page.keyboard.press('0')
  await expect.poll(width).toBeCloseTo(fitting, 0)
  await page.mouse.wheel(0, -400)
  await expect.poll(width).toBeGreaterThan(fitting * 1.5)
  await page.keyboard.press('Escape')
  await viewer.waitFor({ state: 'detached' })
  expect(await open.evaluate((button) => button === document.activeElement)).toBe(true)
})

test('in Korean the page speaks the words of the states, and stays so', async () => {
  const page = await browser.visit('/jobs')
  await page.getByRole('button', { name: 'Language: English' }).click()
  await page.getByRole('menuitemradio', { name: '한국어' }).click()
  await heading(page, '작업').waitFor()
  await page.getByText('완료! 결과 확인').first().waitFor()
  await page.reload()
  await heading(page, '작업').waitFor()
  expect(await page.locator('html').getAttribute('lang')).toBe('ko')
})

test('a file is searched for, found and opened by keyboard alone', async () => {
  const page = await browser.visit('/')
  await card(page, 'harbour.jpg').waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('tides')
  await card(page, 'harbour.jpg').waitFor({ state: 'detached' })
  const link = card(page, 'tides.csv').getByRole('link')
  await tabTo(page, link)
  await page.keyboard.press('Enter')
  const title = heading(page, 'tides.csv')
  await title.waitFor()
  await expect
    .poll(() => title.evaluate((element) => element === document.activeElement), { timeout: SOON_MS })
    .toBe(true)
})

test('360 px are wide enough for every page', async () => {
  const page = await browser.visit('/', { viewport: NARROW })
  for (const path of everyPage()) {
    await page.goto(path)
    await settled(page)
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(NARROW.width)
  }
})

test('axe finds nothing serious on any page, light or dark', async () => {
  const page = await browser.visit('/')
  for (const path of everyPage()) {
    await page.goto(path)
    await settled(page)
    await page.emulateMedia({ colorScheme: 'light' })
    expect.soft(await seriousViolations(page, 'everything'), `${path} light`).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    expect.soft(await seriousViolations(page, 'colors'), `${path} dark`).toEqual([])
  }
})

function everyPage(): string[] {
  return [
    '/',
    `/files/${tides.id}`,
    `/files/${harbour.id}`,
    '/jobs',
    `/jobs/${tides.jobs[0]!.id}`,
    '/insights',
    '/operations',
    '/settings/storage',
    '/settings/room',
    '/settings/keys',
  ]
}

function card(page: Page, name: string): Locator {
  return page.getByRole('list', { name: 'Library' }).getByRole('listitem').filter({ hasText: name })
}

/** The picture is not only in the page: its bytes have come, and they are a picture. */
async function shown(image: Locator): Promise<void> {
  const width = () => image.evaluate((element) => (element as HTMLImageElement).naturalWidth)
  await expect.poll(width, { timeout: SOON_MS }).toBeGreaterThan(0)
}

function partial(percents: readonly number[]): number[] {
  return percents.filter((percent) => percent > 0 && percent < 100)
}

function ordersCsv(rows: number): string {
  const lines = Array.from({ length: rows }, (_, index) => orderRow(index))
  return `order_id,ordered_at,city,quantity,price,returned\n${lines.join('')}`
}
