import { connect } from '@bellhop/client'
import type { Bellhop, UploadedFile } from '@bellhop/client'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { mediaFolder, picture, tone } from '../../../packages/business/test/processors/media.ts'
import { OwnersBrowser, heading } from '../src/page/owners-browser.ts'
import { orderRow } from '../src/sample-files.ts'
import { startBellhop } from '../src/start-bellhop.ts'
import type { RunningBellhop } from '../src/start-bellhop.ts'

const NARROW = { width: 390, height: 844 }
/** So large that its profile takes a second or more. */
const LONG_ROWS = 300_000
/** Many more than the worker has slots: some wait as long as the test looks on. */
const SUBMITTED_JOBS = 24

let running: RunningBellhop
let bellhop: Bellhop
let browser: OwnersBrowser
let tides: UploadedFile

beforeAll(async () => {
  running = await startBellhop()
  bellhop = connect({ url: running.url, apiKey: running.apiKey })
  tides = await upload('tides.csv', 500)
  await Promise.all(tides.jobs.map((job) => bellhop.jobs.wait(job)))
  browser = await OwnersBrowser.open(running)
})

afterEach(async () => expect(await browser.closePages()).toEqual([]))

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]()
  await bellhop?.[Symbol.asyncDispose]()
  await running?.[Symbol.asyncDispose]()
})

test('the page of a finished job shows how long it waited and each stage took, and its log', async () => {
  const page = await browser.visit(`/jobs/${tides.jobs[0]!.id}`)
  await heading(page, 'Dataset profile of tides.csv').waitFor()
  const history = page.getByRole('region', { name: 'What happened' })
  const stages = await history.getByRole('term').allTextContents()
  expect(stages[0]).toBe('Waited')
  expect(stages).toContain('profiling')
  await history.getByText(/ of processor time$/).waitFor()
  await page
    .getByRole('region', { name: 'Log' })
    .getByText(/^Read csv in utf-8: \d+ rows, 6 columns\.$/)
    .waitFor()
})

test('the operations show a worker with what it runs, and what waits, also on a narrow screen; a job tells its place', async () => {
  const clicks = await upload('clicks.csv', LONG_ROWS)
  const jobs = await Promise.all(
    Array.from({ length: SUBMITTED_JOBS }, () => bellhop.jobs.submit('dataset.profile', { fileId: clicks.id })),
  )
  const page = await browser.visit('/jobs', { viewport: NARROW })
  await page.getByRole('link', { name: 'Operations' }).click()
  await heading(page, 'Operations').waitFor()
  const workers = page.getByRole('region', { name: 'Workers' })
  await workers.getByRole('link', { name: 'Dataset profile of clicks.csv' }).first().waitFor()
  await workers.getByText(/^\d of \d+ slots in use$/).waitFor()
  const row = page.getByRole('region', { name: 'Queue by kind' }).getByRole('row', { name: /^Dataset profile/ })
  expect(Number(await row.getByRole('cell').first().textContent())).toBeGreaterThan(0)
  await page.getByText(/would keep one slot busy for/).waitFor()

  await page.goto(`/jobs/${jobs.at(-1)!.id}`)
  await page.getByText(/^(It is next|Place \d+ of \d+ in the queue)/).waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByText('Cancelled by you').waitFor()
  // What has ended by now is refused.
  await Promise.allSettled([...clicks.jobs, ...jobs].map((job) => bellhop.jobs.cancel(job)))
})

test('a sound plays in its page: the original at once, and what was encoded of it when that is done', async () => {
  const sound = await bellhop.files.upload(new Blob([wave(4)]), { name: 'tone.wav' })
  await Promise.all(sound.jobs.map((job) => bellhop.jobs.wait(job)))
  const page = await browser.visit(`/files/${sound.id}`)
  const isPlaying = () => page.waitForFunction(() => (document.querySelector('audio')?.currentTime ?? 0) > 0.2)
  const player = page.getByRole('toolbar', { name: 'Player' })
  await player.getByRole('button', { name: 'Play', exact: true }).click()
  await isPlaying()

  await page.getByRole('button', { name: 'Encode' }).click()
  const quality = player.getByRole('combobox', { name: 'Quality' })
  await quality.waitFor()
  await page.reload()
  await player.getByRole('button', { name: 'Play', exact: true }).click()
  await isPlaying()
  expect(await quality.inputValue()).toMatch(/^out_/)
})

test('a video plays in its page as HLS through keys: in the size that is picked, with its captions, at the frames of its card', async () => {
  const page = await browser.visit('/', { reducedMotion: 'no-preference' })
  // Some builds of Chromium leave out what is patented.
  const hasH264 = await page.evaluate(() => MediaSource.isTypeSupported('video/mp4; codecs="avc1.64001f,mp4a.40.2"'))
  await using media = await mediaFolder({
    'harbour.mkv': {
      format: 'matroska',
      tracks: [picture('640x360', 10, 9), ...(hasH264 ? [tone(9)] : [])],
      captions: [{ from: 0, to: 9, text: '항구입니다.' }],
    },
    'song.m4a': { format: 'mp4', tracks: [tone(2)] },
  })
  const sent = async (name: string) =>
    bellhop.files.upload(new Blob([new Uint8Array(await media.bytes(name))]), { name })
  const [film, song] = await Promise.all([sent('harbour.mkv'), sent('song.m4a')])
  const encoding = await bellhop.jobs.submit('video.encode', {
    fileId: film.id,
    renditions: ['360p', '240p'],
    formats: ['hls'],
    codec: hasH264 ? 'h264' : 'vp9',
  })
  await Promise.all([...film.jobs, ...song.jobs].map((job) => bellhop.jobs.wait(job)))
  const cards = await bellhop.catalog.search({ sort: 'name', want: 'strict' })
  const small = { frameWidth: 160, frameHeight: 90 }
  expect(cards.items.filter(({ id }) => id === film.id || id === song.id)).toMatchObject([
    {
      type: 'video',
      width: 640,
      height: 360,
      thumbnail: expect.any(String) as unknown,
      filmstrip: small,
      loudness: null,
    },
    { type: 'audio', mediaType: 'audio/mp4', thumbnail: null, filmstrip: null, loudness: { length: 48 } },
  ])
  await page.getByRole('link', { name: 'harbour.mkv' }).hover()
  await page.locator('[style*="background-image"]').waitFor()
  await bellhop.jobs.wait(encoding.id)

  await page.goto(`/files/${film.id}`)
  await page.getByRole('button', { name: 'Play harbour.mkv' }).click()
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0.2)
  await page.keyboard.press('c')
  const captions = page.getByRole('combobox', { name: 'Captions (c)' })
  expect(await captions.locator('option:checked').textContent()).toBe('Korean')
  await page.waitForFunction(() => document.querySelector('video')?.textTracks[0]?.activeCues?.length === 1)
  const quality = page.getByRole('combobox', { name: 'Quality' })
  await quality.getByText(/^Auto · (360|240)p$/).waitFor({ state: 'attached' })
  expect((await quality.getByRole('option').allTextContents()).slice(1)).toEqual(['360p', '240p', 'Original'])
  // Each lies in a segment of its own, which need not be waited for.
  for (const [size, heightPx, seconds] of [
    ['240p', 240, '4.5'],
    ['360p', 360, '8.2'],
  ] as const) {
    await quality.selectOption(size)
    await page.getByRole('slider', { name: 'Position' }).fill(seconds)
    await page.waitForFunction((wanted) => document.querySelector('video')?.videoHeight === wanted, heightPx)
  }

  // HLS is tried, then the original, before it is said that nothing plays; when the store is back it plays.
  await page.route(/X-Amz-Signature=/, (route) => route.abort())
  await page.reload()
  await page.getByRole('button', { name: 'Play harbour.mkv' }).click()
  await page.getByRole('alert').filter({ hasText: 'Nothing of it could be played' }).waitFor()
  await page.unrouteAll()
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0.2)
})

/** A WAV of one channel, 8,000 samples a second. */
function wave(seconds: number): Buffer<ArrayBuffer> {
  const samples = seconds * 8_000
  const bytes = Buffer.alloc(44 + samples * 2)
  bytes.write('RIFF', 0)
  bytes.writeUInt32LE(36 + samples * 2, 4)
  bytes.write('WAVEfmt ', 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(8_000, 24)
  bytes.writeUInt32LE(16_000, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36)
  bytes.writeUInt32LE(samples * 2, 40)
  for (let at = 0; at < samples; at += 1) bytes.writeInt16LE(Math.round(8_000 * Math.sin(at / 3)), 44 + at * 2)
  return bytes
}

function upload(name: string, rows: number): Promise<UploadedFile> {
  const lines = Array.from({ length: rows }, (_, index) => orderRow(index))
  return bellhop.files.upload(new Blob(['order_id,ordered_at,city,quantity,price,returned\n', ...lines]), { name })
}
