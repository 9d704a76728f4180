import { JOB_KINDS, newId } from '@bellhop/model'
import { basename } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mediaProbeProcessor } from '../../src/processors/media/media-probe.ts'
import { openComparer } from './compare-media.ts'
import { LENA_SECONDS, lenaPaths } from './lena.ts'
import { PCM, mediaFolder, picture, tone } from './media.ts'
import type { MediaFolder } from './media.ts'
import { tempJob } from './temp-job.ts'

let media: MediaFolder

beforeAll(async () => {
  media = await mediaFolder({
    'plain.mp4': { tracks: [picture('320x180', 30, 2), tone(2)] },
    'turned.mp4': { tracks: [picture('320x180', 25, 1)], rotation: 90 },
    'odd.mkv': {
      format: 'matroska',
      tracks: [{ ...picture('321x181', 25, 1, ',format=yuv444p'), encoder: 'ffv1', options: {} }],
    },
    'wide.mp4': { tracks: [picture('160x180', 25, 1, ',setsar=2/1,format=yuv420p')] },
    'tone.wav': { tracks: [tone(3, PCM)] },
    'dot.mp4': { tracks: [picture('16x16', 25, 0.2, ',scale=2:2,format=yuv420p')] },
    'many.mp4': {
      tracks: [picture('64x36', 25, 1), ...[1, 2, 3, 4, 5, 6, 7].map((step) => tone(1, { hertz: step * 200 }))],
    },
  })
})
afterAll(() => media[Symbol.asyncDispose]())

async function probe(name: string, bytes?: Uint8Array | string) {
  const content = bytes ?? (await media.bytes(name))
  const job = await tempJob({ name, mediaType: 'video/mp4', bytes: content }, { fileId: newId('file') })
  const output = await mediaProbeProcessor.run(job.run).catch(async (error: unknown) => {
    await job[Symbol.asyncDispose]()
    throw error
  })
  return { job, output: JOB_KINDS['media.probe'].output.parse(output) }
}

test('a video is told by its tracks, and drawn as a poster and a filmstrip', async () => {
  const { job, output } = await probe('plain.mp4')
  await using _ = job
  expect(output).toMatchObject({
    container: 'mp4',
    durationSeconds: expect.closeTo(2, 1) as unknown,
    tracks: [
      { kind: 'video', codec: 'h264', width: 320, height: 180, rotation: 0, frameRate: 30, dynamicRange: 'sdr' },
      { kind: 'audio', codec: 'aac', channels: 2, sampleRate: 48_000 },
    ],
    poster: { width: 320, height: 180 },
    filmstrip: { columns: 1, rows: 1, frameCount: 1, frameWidth: 160, frameHeight: 90 },
    waveform: null,
    files: [
      { role: 'poster', name: 'plain-poster.webp', width: 320, height: 180 },
      { role: 'filmstrip', name: 'plain-filmstrip.webp', width: 160, height: 90 },
    ],
  })
  for (const { name, width, height } of output.files) {
    expect(await sharp(job.outputPath(name)).metadata()).toMatchObject({ format: 'webp', width, height })
  }
})

test.each([
  ['turned.mp4', { width: 180, height: 320, rotation: 90, codec: 'h264' }],
  ['odd.mkv', { width: 321, height: 181, rotation: 0, codec: 'ffv1' }],
  ['wide.mp4', { width: 320, height: 180, rotation: 0, codec: 'h264' }],
  ['dot.mp4', { width: 2, height: 2, rotation: 0, codec: 'h264' }],
])('%s is told as it is to be seen', async (name, track) => {
  const { job, output } = await probe(name)
  await using _ = job
  expect(output.tracks[0]).toMatchObject(track)
  const { width, height } = await sharp(job.outputPath(output.files[0]!.name)).metadata()
  expect(Math.abs(width - track.width) + Math.abs(height - track.height)).toBeLessThanOrEqual(2)
})

test('a sound has a waveform from its beginning to its end, and no picture', async () => {
  const { job, output } = await probe('tone.wav')
  await using _ = job
  expect(output).toMatchObject({ container: 'wav', poster: null, filmstrip: null, files: [] })
  const { secondsPerPeak = 0, peaks = [] } = output.waveform ?? {}
  expect(secondsPerPeak * peaks.length).toBeCloseTo(3, 1)
  // The tone is an eighth of the loudest.
  expect(Math.max(...peaks)).toBeCloseTo(0.125, 1)
  expect(Math.min(...peaks.slice(1, -1))).toBeGreaterThan(0.05)
})

test('of eight tracks each is told', async () => {
  const { job, output } = await probe('many.mp4')
  await using _ = job
  expect(output.tracks.map(({ kind }) => kind)).toEqual(['video', ...Array.from({ length: 7 }, () => 'audio')])
})

test('one sound in the files of many programs is the same sound, and what cannot be read is told so', async () => {
  await using engine = openComparer()
  const paths = await lenaPaths()
  const opened = await engine.open(paths)
  const odd = opened.flatMap((each, index) => {
    if ('code' in each) return [[basename(paths[index]!), each.code]]
    const { durationSeconds, tracks } = each.facts
    const isSame = Math.abs(durationSeconds - LENA_SECONDS) < 0.05 && tracks.length === 1 && tracks[0]?.kind === 'audio'
    return isSame ? [] : [[basename(paths[index]!), Math.round(durationSeconds)]]
  })
  expect(paths.length).toBeGreaterThan(25)
  // A codec of the eighties that nothing here decodes, and a header that counts the bytes of GSM as samples.
  expect(odd).toEqual([
    ['lena-24-dwvw.aiff', 'MEDIA_UNREADABLE'],
    ['lena-gsm.aiff', 1963],
  ])
})
