import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from '@bellhop/client'
import type { Bellhop, UploadedFile } from '@bellhop/client'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { seriousViolations } from '../src/page/accessibility.ts'
import { OwnersBrowser, settled, tabTo } from '../src/page/owners-browser.ts'
import { storedObject } from '../src/page/stored-object.ts'
import { startBellhop } from '../src/start-bellhop.ts'
import type { RunningBellhop } from '../src/start-bellhop.ts'

const SOON_MS = 20_000

let running: RunningBellhop
let bellhop: Bellhop
let browser: OwnersBrowser
let plans: UploadedFile
let notes: UploadedFile

beforeAll(async () => {
  running = await startBellhop({ env: { BELLHOP_WEBHOOKS_TO_PRIVATE: 'allow' } })
  bellhop = connect({ url: running.url, apiKey: running.apiKey })
  const put = (name: string) => bellhop.files.upload(new Blob([`About ${name}\n`]), { name, mediaType: 'text/plain' })
  ;[browser, plans, notes] = await Promise.all([OwnersBrowser.open(running), put('plans.txt'), put('notes.txt')])
})

afterEach(async () => expect(await browser.closePages()).toEqual([]))

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]()
  await bellhop?.[Symbol.asyncDispose]()
  await running?.[Symbol.asyncDispose]()
})

test('settings are a place of their own, and open with the store', async () => {
  const page = await browser.visit('/')
  await page.getByRole('link', { name: 'Settings' }).first().click()
  await page.waitForURL('**/settings/storage')
  await expect.poll(() => page.title(), { timeout: SOON_MS }).toBe('Settings: Storage – Bellhop')
})

test('the store is examined on request, by the server and by this browser', async () => {
  const page = await browser.visit('/settings/storage')
  await page.getByRole('button', { name: 'Check now' }).first().click()
  await page.getByRole('button', { name: 'Check now' }).first().waitFor()
  await page.getByText(/^Checked now/).waitFor()
  const headline = page.getByRole('heading', { level: 2 }).first()
  expect(await headline.textContent()).toMatch(/^Your store keeps everything/)
  const holds = page.getByRole('region', { name: 'What a key holds to' })
  await holds.getByText(/^(\d+) of \1 good$/).waitFor()
  await page.getByText(/^This browser reaches your store at http.*, and may read what it answers\.$/).waitFor()
})

test('a walk through the bucket is asked for and told when it has ended', async () => {
  const page = await browser.visit('/settings/storage')
  const sweep = page.getByRole('region', { name: 'The last walk through the bucket' })
  await sweep.getByRole('button', { name: 'Sweep now' }).click()
  await sweep.getByText(/^Ended /).waitFor()
  const seen = sweep.getByText('Objects seen').locator('xpath=following-sibling::dd')
  expect(Number(await seen.textContent())).toBeGreaterThanOrEqual(2)
})

test('bounds are set with units, wrong ones are said at their field, and refused files say why', async () => {
  const page = await browser.visit('/settings/room')
  const largest = page.getByRole('textbox', { name: 'Largest file' })
  await largest.fill('a lot')
  await page.getByRole('button', { name: 'Save the bounds' }).click()
  await page.getByText('Give a number, or leave it empty.').waitFor()
  expect(await largest.getAttribute('aria-invalid')).toBe('true')

  await largest.fill('1.5')
  const types = page.getByRole('textbox', { name: 'Types that are taken' })
  await types.fill('image/*')
  await types.press('Enter')
  await page.getByRole('button', { name: 'Save the bounds' }).click()
  await page.getByRole('button', { name: 'Save the bounds' }).and(page.locator(':disabled')).waitFor()
  await page.reload()
  await expect.poll(() => largest.inputValue(), { timeout: SOON_MS }).toBe('1.5')

  await page
    .getByLabel('Upload files')
    .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') })
  const tray = page.getByRole('region', { name: 'Uploads' })
  await tray.getByText('this workspace takes image/* only').waitFor()

  await page.getByRole('button', { name: 'Remove the type Images' }).click()
  await largest.fill('')
  await page.getByRole('button', { name: 'Save the bounds' }).click()
  await page.getByText('Every type').waitFor()
})

test('who was given keys to a file is found from its page, and a key is revoked by keyboard alone', async () => {
  await bellhop.files.downloadUrl(plans.id)
  const page = await browser.visit(`/files/${plans.id}`)
  const link = page.getByRole('link', { name: 'Who was given keys to this file' })
  await tabTo(page, link)
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/settings/keys?file=${plans.id}`)
  const row = keyRow(page, 'To download')
  await row.getByText(/^Lives for /).waitFor()
  expect(await keyRow(page, 'notes.txt').count()).toBe(0)
  await tabTo(page, row.getByRole('button', { name: 'Revoke the key: To download, plans.txt' }))
  await page.keyboard.press('Enter')
  const question = page.getByRole('alertdialog')
  await question.getByText('Who holds the key may still begin with it until it dies').waitFor()
  expect(await seriousViolations(page, 'everything')).toEqual([])
  await tabTo(page, question.getByRole('button', { name: 'Revoke' }))
  await page.keyboard.press('Enter')
  await row.getByText('Revoked').waitFor()
  expect(await row.getByRole('button', { name: /^Revoke/ }).count()).toBe(0)
})

test('the ledger is searched by the name of a file, and the address keeps it', async () => {
  const page = await browser.visit('/settings/keys')
  await keyRow(page, 'plans.txt').first().waitFor()
  await page.getByRole('searchbox', { name: 'Search keys' }).fill('notes')
  await keyRow(page, 'plans.txt').first().waitFor({ state: 'detached' })
  await page.waitForURL('**/settings/keys?q=notes')
  await page.reload()
  await keyRow(page, 'notes.txt').first().waitFor()
  expect(await keyRow(page, 'plans.txt').count()).toBe(0)
})

test('a file is verified on request, and one whose object is gone says so', async () => {
  const page = await browser.visit(`/files/${notes.id}`)
  await settled(page)
  await page.getByText('not since it arrived').waitFor()
  const verify = page.getByRole('button', { name: 'Verify now' })
  await verify.click()
  await page.getByText('not since it arrived').waitFor({ state: 'detached' })
  await rm(await storedObject(running.dataDir, notes.id))
  await verify.click()
  await page
    .getByRole('alert')
    .getByText(/^The object is missing in your bucket since /)
    .waitFor()
})

test('the storage page leads to the files whose objects are gone', async () => {
  const page = await browser.visit('/settings/storage')
  const sweep = page.getByRole('region', { name: 'The last walk through the bucket' })
  const link = sweep
    .getByRole('list', { name: 'The newest in this workspace:' })
    .getByRole('link', { name: 'notes.txt' })
  await link.waitFor()
  expect(await seriousViolations(page, 'everything')).toEqual([])
  await link.click()
  await page.waitForURL(`**/files/${notes.id}`)
})

test('a webhook is added, its secret is shown once, what it was told is listed, and it is removed', async () => {
  const receiver = createServer((request, response) => {
    request.resume()
    response.writeHead(200).end()
  }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  try {
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
    const page = await browser.visit('/settings/webhooks')
    await page.getByRole('button', { name: 'Add a webhook' }).click()
    const address = page.getByRole('textbox', { name: 'Address' })
    await address.fill('nowhere')
    await address.press('Enter')
    await page.getByText('Give an address that begins with https:// or http://.').waitFor()
    await address.fill(url)
    await page.getByText('was cancelled').click()
    await address.press('Enter')
    const card = page.getByRole('region', { name: url })
    await card.getByText('when a job is done or has failed').waitFor()
    await card.getByText(/^whsec_/).waitFor()
    await card.getByRole('button', { name: 'Send a test' }).click()
    const message = card.getByRole('listitem').filter({ hasText: 'A test' })
    await message.getByText('Taken').waitFor()
    await message.getByText('answered 200').waitFor()
    expect(await seriousViolations(page, 'everything')).toEqual([])
    await page.reload()
    await message.waitFor()
    expect(await card.getByText(/^whsec_/).count()).toBe(0)
    await card.getByRole('button', { name: `Remove ${url}` }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('heading', { name: 'Nobody is told yet' }).waitFor()
  } finally {
    receiver.close()
    receiver.closeAllConnections()
  }
})

test('in Korean the settings speak Korean', async () => {
  const page = await browser.visit('/settings/storage', { locale: 'ko-KR' })
  await page.getByRole('heading', { level: 1, name: /설정.*저장소/ }).waitFor()
  await page
    .getByRole('region', { name: '키가 지키는 것' })
    .getByText(/개 모두 좋음$/)
    .waitFor()
  await page.getByRole('link', { name: '공간' }).click()
  await page.getByRole('heading', { level: 1, name: /설정.*공간/ }).waitFor()
  await page.getByRole('textbox', { name: '가장 큰 파일' }).waitFor()
})

function keyRow(page: Page, text: string): Locator {
  return page.getByRole('table', { name: 'Keys' }).getByRole('row').filter({ hasText: text })
}
