import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect } from '@bellhop/client'
import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveExamplePage } from '../src/example-page.ts'
import { launchChromium } from '../src/page/chromium.ts'
import { WatchedContext } from '../src/page/watched-context.ts'
import { startBellhop } from '../src/start-bellhop.ts'
import type { RunningBellhop } from '../src/start-bellhop.ts'

const EXAMPLES = fileURLToPath(new URL('../../../examples/', import.meta.url))
const TEXT = 'The tide comes in, the tide goes out.\nThe harbour stays.\n'

const stack = new AsyncDisposableStack()
let running: RunningBellhop
let page: { readonly url: string }
let browser: Browser
let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bellhop-e2e-examples-'))
  stack.defer(() => rm(dir, { recursive: true, force: true }))
  const env = { BELLHOP_KINDS_DIR: join(EXAMPLES, 'my-kind/kinds') }
  ;[running, page, browser] = await Promise.all([
    startBellhop({ env }).then((started) => stack.use(started)),
    serveExamplePage().then((served) => stack.use(served)),
    launchChromium(),
  ])
  stack.defer(() => browser.close())
  await writeFile(join(dir, 'tide.txt'), TEXT)
})
afterAll(() => stack.disposeAsync())

/** As a newcomer runs it, in a folder of their own. */
async function runExample(program: string, ...args: string[]): Promise<string> {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [join(EXAMPLES, program), ...args], {
    cwd: dir,
    env: { PATH, HOME, BELLHOP_URL: running.url, BELLHOP_API_KEY: running.apiKey },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
  }
  const [code]: unknown[] = await once(child, 'close')
  if (code !== 0) throw new Error(`${program} ended with ${String(code)}:\n${printed}`)
  return printed
}

test('my-kind: a kind of a team’s own counts words, and its script shows how', async () => {
  const printed = await runExample('my-kind/count.ts', 'tide.txt')
  expect(printed).toContain('COMPLETED 100 %')
  expect(printed).toMatch(/11 words, 8 distinct\n3 × the\n2 × tide\n/)
  expect(await readFile(join(dir, 'tide.txt.counts.csv'), 'utf8')).toMatch(/^word,times\nthe,3\ntide,2\n/)
})

test('my-kind: a file that is no text fails for good, with a sentence for people', async () => {
  await using bellhop = connect({ url: running.url, apiKey: running.apiKey })
  const file = await bellhop.files.upload(new Blob([new Uint8Array(64)]), { name: 'zeros.bin' })
  const job = await bellhop.jobs.submit<string>('text.count', { fileId: file.id })
  await expect(bellhop.jobs.wait(job)).rejects.toMatchObject({
    code: 'JOB_FAILED',
    message: 'zeros.bin is not a text file.',
  })
  await expect(bellhop.jobs.submit<string>('text.count', { fileId: file.id, top: 0 })).rejects.toMatchObject({
    code: 'JOB_INPUT_INVALID',
  })
})

test('node-script: a picture goes up, and a small one comes back', async () => {
  const grey = { width: 640, height: 480, channels: 3, background: 'grey' } as const
  await sharp({ create: grey }).jpeg().toFile(join(dir, 'photo.jpg'))
  expect(await runExample('node-script/thumbnail.ts', 'photo.jpg')).toMatch(/photo-320\.webp: 320 × 240, \d+ bytes\n$/)
  expect(await sharp(join(dir, 'photo-320.webp')).metadata()).toMatchObject({ width: 320, height: 240 })
})

test('react-page: a page of somebody else’s, in StrictMode, uploads and follows its job and all others to their end', async () => {
  await using context = await WatchedContext.open(browser)
  const tab = await context.goto(`${page.url}#server=${running.url}&key=${running.apiKey}`)
  await tab.getByRole('row', { name: 'text.count tide.txt COMPLETED' }).waitFor()
  await tab
    .getByLabel('A text file')
    .setInputFiles({ name: 'sea.txt', mimeType: 'text/plain', buffer: Buffer.from(TEXT) })
  const count = tab.getByRole('region', { name: 'The count' })
  await count.getByText('11 words').waitFor()
  await count.getByText('3 × the').waitFor()
  await count.getByText(/^COMPLETED 100 %/).waitFor()
  await tab.getByText(/sea\.txt: DONE/).waitFor()
  await tab.getByRole('row', { name: 'text.count sea.txt COMPLETED' }).waitFor()
  expect(await tab.getByRole('alert').textContent()).toBe('')

  // A job that another program starts shows by itself.
  await using elsewhere = connect({ url: running.url, apiKey: running.apiKey })
  const file = await elsewhere.files.upload(new Blob(['elsewhere']), { name: 'elsewhere.txt' })
  await elsewhere.jobs.submit<string>('text.count', { fileId: file.id })
  await tab.getByRole('row', { name: 'text.count elsewhere.txt COMPLETED' }).waitFor()
  expect(context.faults).toEqual([])
})
