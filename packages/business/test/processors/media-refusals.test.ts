import { once } from 'node:events'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { JOB_KINDS, JobInputError, newId } from '@bellhop/model'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { mediaProbeProcessor } from '../../src/processors/media/media-probe.ts'
import { runMedia } from '../../src/processors/media/run-media.ts'
import { videoEncodeProcessor } from '../../src/processors/media/video-encode.ts'
import { openComparer } from './compare-media.ts'
import type { Opened } from './measure-media.ts'
import { mediaFolder, picture, tone } from './media.ts'
import type { MediaFolder } from './media.ts'
import { processesIn } from './processes-in.ts'
import { tempJob } from './temp-job.ts'
import type { TempJob } from './temp-job.ts'

const engine = openComparer()
let media: MediaFolder

beforeAll(async () => {
  media = await mediaFolder({
    'plain.mp4': { tracks: [picture('64x36', 10, 1), tone(1)] },
    'film.mp4': { tracks: [picture('640x360', 30, 20)] },
    'photos.avi': { tracks: [{ ...picture('64x36', 10, 1, ',format=yuvj420p'), encoder: 'mjpeg', options: {} }] },
    'hidden.webm': {
      tracks: [{ ...picture('64x36', 10, 1), encoder: 'libvpx', options: { deadline: 'realtime', 'cpu-used': '8' } }],
    },
    'ages.mkv': { format: 'matroska', tracks: [picture('64x36', 10, 0.3, ',setpts=N*1000000/TB,format=yuv420p')] },
  })
}, 60_000)
afterAll(async () => {
  await engine[Symbol.asyncDispose]()
  await media[Symbol.asyncDispose]()
})

const jobOf = (bytes: Uint8Array | string, renditions?: ['240p']) =>
  tempJob(
    { name: 'a.mp4', mediaType: 'video/mp4', bytes },
    JOB_KINDS['video.encode'].input.parse({ fileId: newId('file'), renditions }),
  )

/** Neither an output nor a child. */
async function leftBy(job: TempJob<unknown>): Promise<unknown[]> {
  const children = process.platform === 'linux' ? await processesIn(job.outputPath('..')) : []
  return [...(await readdir(job.outputPath('.'))), ...children]
}

async function openedOf(contents: readonly (Uint8Array | string)[]) {
  const paths = contents.map((_, index) => media.path(`bad-${index}.mp4`))
  for (const [index, path] of paths.entries()) await writeFile(path, contents[index]!)
  return engine.open(paths)
}

const codesOf = (opened: readonly Opened[]) => opened.map((each) => ('code' in each ? each.code : null))

test('what is no media fails each kind with a sentence, and leaves nothing', async () => {
  for (const { run } of [mediaProbeProcessor, videoEncodeProcessor]) {
    await using job = await jobOf('This is a text.\n'.repeat(1_000))
    const error: unknown = await run(job.run).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(JobInputError)
    expect(error).toMatchObject({ code: 'MEDIA_UNREADABLE', message: expect.stringContaining('upload it again') })
    expect(await leftBy(job)).toEqual([])
  }
})

test('an empty file, one without its index, and one that ends in it are refused', async () => {
  const whole = await media.bytes('plain.mp4')
  const refused = await openedOf(['', whole.subarray(whole.indexOf('mdat') - 4), whole.subarray(0, 600)])
  expect(codesOf(refused)).toEqual(refused.map(() => 'MEDIA_UNREADABLE'))
})

test('what a file names is not opened, be it a file of the machine or an address', async () => {
  let requests = 0
  const canary = createServer((_, response) => {
    requests += 1
    response.end()
  }).listen(0, '127.0.0.1')
  await once(canary, 'listening')
  try {
    // -- a server that listens on TCP has such an address
    const { port } = canary.address() as AddressInfo
    const playlist = (target: string) => `#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n${target}\n#EXT-X-ENDLIST\n`
    const contents = [`http://127.0.0.1:${port}/canary.ts`, 'file:///etc/passwd', '/etc/passwd'].flatMap((target) => [
      playlist(target),
      `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${target}\n`,
      `#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXT-X-KEY:METHOD=AES-128,URI="${target}"\n#EXT-X-MAP:URI="${target}"\n#EXTINF:5,\na.ts\n`,
      `ffconcat version 1.0\nfile '${target}'\n`,
      `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>${target}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
      `v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nt=0 0\na=control:${target}\nm=video ${port} RTP/AVP 96\na=rtpmap:96 H264/90000\n`,
      `<smil><body><video src="${target}"/></body></smil>`,
      `<asx version="3.0"><entry><ref href="${target}"/></entry></asx>`,
      `[Reference]\nRef1=${target}\n`,
    ])
    const refused = await openedOf(contents)
    expect(codesOf(refused)).toEqual(contents.map(() => 'MEDIA_UNREADABLE'))
    await using job = await jobOf(playlist(`http://127.0.0.1:${port}/canary.ts`))
    await expect(videoEncodeProcessor.run(job.run)).rejects.toMatchObject({ code: 'MEDIA_UNREADABLE' })
    expect([requests, await leftBy(job)]).toEqual([0, []])
  } finally {
    canary.close()
  }
})

test('a small file that claims, or hides, pictures of gigabytes is refused; so is one that claims to last for ages', async () => {
  const photos = await media.bytes('photos.avi')
  const claims = Buffer.from(photos)
  const header = claims.indexOf('strf') + 8
  for (const at of [4, 8]) claims.writeUInt32LE(16_000, header + at)
  const refused = await openedOf([claims, await media.bytes('ages.mkv')])
  expect(refused).toEqual([
    { code: 'VIDEO_TOO_LARGE', sentence: expect.stringContaining('16000 × 16000 pixels') as unknown },
    { code: 'MEDIA_TOO_LONG', sentence: expect.stringContaining('more than the 100 that are taken') as unknown },
  ])
  // The size stands in each key frame of VP8 too, and the container says nothing of it: no decoder takes memory for it.
  await using job = await jobOf(grown(await media.bytes('hidden.webm'), VP8_KEY_FRAME))
  await expect(videoEncodeProcessor.run(job.run)).rejects.toMatchObject({ code: 'MEDIA_EMPTY' })
  expect(await leftBy(job)).toEqual([])
})

test('pictures that grow to gigabytes once the file is open are left out', async () => {
  const address = media.path('growing.avi')
  await writeFile(address, grown(await media.bytes('photos.avi'), JPEG_SIZE, 5))
  const folder = media.path('of-growing')
  await mkdir(folder)
  const made = await engine.render({
    address,
    folder,
    rendition: 'source',
    codec: 'h264',
    formats: ['mp4'],
  })
  expect(made.picture).toMatchObject({ width: 64, height: 36 })
  expect(made.rendered?.joined.durationSeconds).toBeCloseTo(0.5, 1)
})

const VP8_KEY_FRAME = Buffer.from([0x9d, 0x01, 0x2a])
const JPEG_SIZE = Buffer.from([0xff, 0xc0, 0x00, 0x11, 0x08])

/** Behind each of these marks, but for the first ones, it says 16,000 × 16,000 pixels. */
function grown(of: Buffer, mark: Buffer, skipped = 0): Buffer {
  const bomb = Buffer.from(of)
  for (let at = bomb.indexOf(mark), index = 0; at !== -1; at = bomb.indexOf(mark, at + 1), index++) {
    const side = Buffer.from(mark === JPEG_SIZE ? [0x3e, 0x80] : [0x80, 0x3e])
    if (index >= skipped) bomb.set([...side, ...side], at + mark.length)
  }
  return bomb
}

test('a child that takes more memory than it may ends itself, and the job is told so in a sentence', async () => {
  await using job = await jobOf('')
  const wish = { rendition: '360p', codec: 'h264', formats: ['mp4'] } as const
  const task = { type: 'rendition', address: media.path('film.mp4'), folder: job.scratchDir, ...wish } as const
  const maxBytes = 64 * 1024 ** 2
  const error: unknown = await runMedia(job.run, { ...task, formats: ['mp4'] }, { maxBytes }).catch(
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(JobInputError)
  expect(error).toMatchObject({ code: 'MEDIA_TOO_HEAVY', message: expect.stringContaining('64 MiB') as unknown })
  expect(await leftBy(job)).toEqual([])
})

test('a cancel in the middle of an encoding ends its child within two seconds, and nothing of it is to be seen', async () => {
  await using job = await jobOf(await media.bytes('film.mp4'), ['240p'])
  const outcome = videoEncodeProcessor.run(job.run).catch((error: unknown) => error)
  const encoding = { stage: 'encoding', fraction: expect.toSatisfy((fraction: number) => fraction > 0) as number }
  await vi.waitFor(() => expect(job.progress.at(-1)).toEqual(encoding), { timeout: 20_000, interval: 5 })
  job.controller.abort(new Error('cancelled by the test'))
  expect(await Promise.race([outcome, setTimeout(2_000, 'it goes on')])).toEqual(new Error('cancelled by the test'))
  expect(await leftBy(job)).toEqual([])
})
