import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@bellhop/client'
import type { Bellhop } from '@bellhop/client'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { seriousViolations } from '../src/page/accessibility.ts'
import { OwnersBrowser, heading } from '../src/page/owners-browser.ts'
import { SentParts, holdParts } from '../src/page/sent-parts.ts'
import { sha256Of, writeNoise } from '../src/sample-files.ts'
import type { SampleFile } from '../src/sample-files.ts'
import { startBellhop } from '../src/start-bellhop.ts'
import type { RunningBellhop } from '../src/start-bellhop.ts'

const MIB = 1024 * 1024
/** Two parts of 16 MiB, as a page cuts files, and one of 8. */
const LARGE_BYTES = 40 * MIB
const PARTS = [1, 2, 3]
/** It is held back. */
const HELD = 3
const SMALL_FILES = 300
const ROWS_DRAWN = 40
const SOON_MS = 100_000

let running: RunningBellhop
let bellhop: Bellhop
let browser: OwnersBrowser
let dir: string
let large: SampleFile
let other: SampleFile

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bellhop-e2e-files-'))
  running = await startBellhop()
  bellhop = connect({ url: running.url, apiKey: running.apiKey })
  browser = await OwnersBrowser.open(running)
  large = await writeNoise(join(dir, 'expedition.bin'), LARGE_BYTES)
  await mkdir(join(dir, 'other'))
  other = await writeNoise(join(dir, 'other', 'expedition.bin'), LARGE_BYTES)
})

afterEach(async () => expect(await browser.closePages()).toEqual([]))

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]()
  await bellhop?.[Symbol.asyncDispose]()
  await running?.[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

test('after a reload an upload goes on with the same file, sends what is missing only, and refuses another file', async () => {
  const page = await browser.visit('/', { before: withoutHandles })
  // The browser asks whether to leave while bytes are unsent.
  page.on('dialog', (dialog) => void dialog.accept())
  const sent = new SentParts(page)
  const release = await holdParts(page, HELD)
  await upload(page, large.path)
  await expect.poll(() => sent.arrived.size, { timeout: SOON_MS }).toBe(HELD - 1)
  await page.reload()
  const before = new Set(sent.arrived)
  sent.clear()
  await release()

  const left = tray(page).getByRole('list', { name: 'Not finished yet' }).getByRole('listitem')
  await left.getByText(/ of 41\.9 MB are there/).waitFor()
  expect(await seriousViolations(page, 'everything')).toEqual([])
  await pick(page, left.getByRole('button', { name: 'Pick the file expedition.bin' }), other.path)
  await tray(page).getByText('is not the file that this upload began with').waitFor()
  expect(sent.begun.size).toBe(0)

  await pick(page, tray(page).getByRole('button', { name: 'Pick expedition.bin again' }), large.path)
  await tray(page).getByText('1 file is here').waitFor({ timeout: SOON_MS })
  expect(PARTS.filter((part) => before.has(part) && sent.begun.has(part))).toEqual([])
  expect(PARTS.filter((part) => !before.has(part) && !sent.begun.has(part))).toEqual([])
  expect(await downloadedSha256('expedition.bin')).toBe(large.sha256)
})

test('where the browser keeps the handle of the file, one click goes on after a reload', async () => {
  const page = await browser.visit('/', { before: keptFilePicker })
  page.on('dialog', (dialog) => void dialog.accept())
  await page.evaluate(writeKeptFile, { name: 'diary.bin', sizeBytes: LARGE_BYTES })
  const sent = new SentParts(page)
  const release = await holdParts(page, HELD)
  await heading(page, 'Library').waitFor()
  await page.getByRole('button', { name: 'Upload', exact: true }).first().click()
  await expect.poll(() => sent.arrived.size, { timeout: SOON_MS }).toBe(HELD - 1)
  await page.reload()
  sent.clear()
  await release()
  await tray(page).getByRole('button', { name: 'Go on with diary.bin' }).click()
  await tray(page).getByText('1 file is here').waitFor({ timeout: SOON_MS })
  expect(sent.begun).toEqual(new Set(PARTS.filter((part) => part >= HELD)))
})

test('an upload that is paused sends nothing until it goes on', async () => {
  const page = await browser.visit('/', { before: withoutHandles })
  const sent = new SentParts(page)
  const release = await holdParts(page, HELD)
  await upload(page, other.path)
  await expect.poll(() => sent.arrived.size, { timeout: SOON_MS }).toBe(HELD - 1)
  await tray(page).getByRole('button', { name: 'Pause expedition.bin' }).click()
  await tray(page)
    .getByText(/^Paused at /)
    .waitFor()
  sent.clear()
  await page.getByRole('link', { name: 'Jobs' }).first().click()
  await heading(page, 'Jobs').waitFor()
  await tray(page).getByText('1 upload paused').waitFor()
  expect(sent.begun.size).toBe(0)

  await release()
  await tray(page).getByRole('button', { name: 'Go on with all' }).click()
  await tray(page).getByText('1 file is here').waitFor({ timeout: SOON_MS })
})

test('an upload that is discarded leaves the list for good', async () => {
  const page = await browser.visit('/', { before: withoutHandles })
  page.on('dialog', (dialog) => void dialog.accept())
  const sent = new SentParts(page)
  await holdParts(page, HELD)
  await upload(page, large.path)
  await expect.poll(() => sent.arrived.size, { timeout: SOON_MS }).toBe(HELD - 1)
  await page.reload()
  await tray(page).getByRole('button', { name: 'Discard expedition.bin' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click()
  await tray(page).waitFor({ state: 'detached' })
  await page.reload()
  await heading(page, 'Library').waitFor()
  await page.waitForLoadState('networkidle')
  expect(await tray(page).count()).toBe(0)
})

test('a folder of three hundred small files arrives, with as many rows as a person reads', async () => {
  const folder = join(dir, 'logbook')
  await mkdir(folder)
  const pages = Array.from({ length: SMALL_FILES }, (_, index) => index + 1)
  await Promise.all(pages.map((page) => writeFile(join(folder, `page-${page}.txt`), `Page ${page} of the log.\n`)))
  const page = await browser.visit('/')
  await heading(page, 'Library').waitFor()
  await page.getByLabel('Upload a folder').setInputFiles(folder)
  await tray(page)
    .getByText(`and ${SMALL_FILES - ROWS_DRAWN} more`)
    .waitFor()
  expect(await tray(page).getByRole('list', { name: 'Uploads' }).getByRole('listitem').count()).toBe(ROWS_DRAWN)
  await tray(page).getByText(`${SMALL_FILES} files are here`).waitFor({ timeout: SOON_MS })
  const { total } = await bellhop.catalog.facets({ text: 'page-' })
  expect(total).toBe(SMALL_FILES)
})

/** As browsers without file handles are, and as none can be steered that has them. */
function withoutHandles(): void {
  Reflect.deleteProperty(globalThis, 'showOpenFilePicker')
}

/** A dialog that always picks one file, of the browser's own disk: its handle is a real one, and outlives the page. */
function keptFilePicker(): void {
  Object.assign(globalThis, {
    showOpenFilePicker: async () => [await (await navigator.storage.getDirectory()).getFileHandle('diary.bin')],
  })
}

async function writeKeptFile({ name, sizeBytes }: { name: string; sizeBytes: number }): Promise<void> {
  const handle = await (await navigator.storage.getDirectory()).getFileHandle(name, { create: true })
  const file = await handle.createWritable()
  const block = crypto.getRandomValues(new Uint8Array(65_536))
  for (let written = 0; written < sizeBytes; written += block.length) await file.write(block)
  await file.close()
}

async function upload(page: Page, path: string): Promise<void> {
  await heading(page, 'Library').waitFor()
  await pick(page, page.getByRole('button', { name: 'Upload', exact: true }).first(), path)
}

async function pick(page: Page, button: Locator, path: string): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button.click()])
  await chooser.setFiles(path)
}

function tray(page: Page): Locator {
  return page.getByRole('region', { name: 'Uploads' })
}

async function downloadedSha256(name: string): Promise<string> {
  const { items } = await bellhop.catalog.search({ text: name })
  const path = join(dir, 'downloaded.bin')
  await bellhop.files.download(items[0]?.id ?? 'file_', path)
  return sha256Of(path)
}
