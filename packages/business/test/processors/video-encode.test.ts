import { readFile } from 'node:fs/promises'
import { JOB_KINDS, newId } from '@bellhop/model'
import type { JobInput, JobOutput } from '@bellhop/model'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { videoEncodeProcessor } from '../../src/processors/media/video-encode.ts'
import { openComparer } from './compare-media.ts'
import { LENA_SECONDS, lena } from './lena.ts'
import { mediaFolder, picture, tone } from './media.ts'
import type { MediaFolder } from './media.ts'
import { tempJob } from './temp-job.ts'
import type { TempJob } from './temp-job.ts'

const { input: inputSchema, output: outputSchema } = JOB_KINDS['video.encode']
/** As in `video-sources.test.ts`. */
const SSIM_AT_LEAST = 0.98

const comparer = openComparer()
let media: MediaFolder

beforeAll(async () => {
  media = await mediaFolder({
    'plain.mp4': { tracks: [picture('640x360', 15, 2), tone(2)] },
    'told.mkv': {
      format: 'matroska',
      tracks: [picture('64x36', 10, 2)],
      captions: [
        { from: 0.5, to: 1, text: '<i>Hello</i> & goodbye' },
        { from: 1.25, to: 1.75, text: 'a < b' },
      ],
    },
    'long.mp4': { tracks: [picture('16x16', 1, 7_200)] },
  })
}, 60_000)
afterAll(async () => {
  await comparer[Symbol.asyncDispose]()
  await media[Symbol.asyncDispose]()
})

interface Encoded {
  readonly job: TempJob<unknown>
  readonly output: JobOutput<'video.encode'>
}

async function encode(name: string, input: Omit<JobInput<'video.encode'>, 'fileId'> = {}): Promise<Encoded> {
  const bytes = await (name.startsWith('lena') ? lena(name) : media.bytes(name))
  const source = { name, mediaType: 'video/mp4', bytes }
  const job = await tempJob(source, inputSchema.parse({ fileId: newId('file'), ...input }))
  const output = await videoEncodeProcessor.run(job.run).catch(async (error: unknown) => {
    await job[Symbol.asyncDispose]()
    throw error
  })
  return { job, output: outputSchema.parse(output) }
}

test('a video becomes MP4 and HLS in each size that it is large enough for, with one playlist that names them all', async () => {
  const { job, output } = await encode('plain.mp4', { renditions: ['240p', '1080p', '360p'] })
  await using _ = job
  const sizes = output.renditions.map(({ name, video }) => [name, video?.width, video?.height, video?.codec])
  expect(sizes).toEqual([
    ['360p', 640, 360, 'h264'],
    ['240p', 426, 240, 'h264'],
  ])
  expect(output.files.map(({ name }) => name)).toEqual([
    'plain-360p.mp4',
    'plain-360p-hls.mp4',
    'plain-360p.m3u8',
    'plain-240p.mp4',
    'plain-240p-hls.mp4',
    'plain-240p.m3u8',
    'plain.m3u8',
  ])
  const master = await readFile(job.outputPath('plain.m3u8'), 'utf8')
  expect(master.split('\n').filter((line) => line.endsWith('.m3u8'))).toEqual(['plain-360p.m3u8', 'plain-240p.m3u8'])
  expect(master).toContain('RESOLUTION=640x360,FRAME-RATE=15.000,CODECS="avc1.')
  const playlist = await readFile(job.outputPath('plain-360p.m3u8'), 'utf8')
  expect(playlist).toMatch(/#EXT-X-MAP:URI="plain-360p-hls\.mp4",BYTERANGE="\d+@0"/)
  for (const name of ['plain-360p.mp4', 'plain-240p-hls.mp4']) {
    const found = await comparer.compare(media.path('plain.mp4'), job.outputPath(name))
    expect(found).toMatchObject({ frameCount: 30, sourceFrameCount: 30, audioCodec: 'aac' })
    expect(Math.abs(found.durationSeconds - 2)).toBeLessThan(0.1)
    expect(found.ssim).toBeGreaterThan(SSIM_AT_LEAST)
  }
  // Its index is in front.
  const bytes = await readFile(job.outputPath('plain-360p.mp4'))
  expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'))
})

test('a sound becomes AAC and Opus', async () => {
  const { job, output } = await encode('lena.flac')
  await using _ = job
  expect(output.renditions).toMatchObject([
    { name: 'aac', video: null, audio: { codec: 'aac', channels: 1, sampleRate: 48_000 }, hls: {} },
    { name: 'opus', video: null, audio: { codec: 'opus', channels: 1, sampleRate: 48_000 }, hls: null },
  ])
  expect(output.files.map(({ name }) => name)).toContain('lena-opus.ogg')
  for (const { durationSeconds } of output.renditions) expect(durationSeconds).toBeCloseTo(LENA_SECONDS, 1)
})

test('subtitles become WebVTT, which the playlist of all renditions names for HLS', async () => {
  const { job, output } = await encode('told.mkv', { formats: ['hls'] })
  await using _ = job
  expect(output.captions).toMatchObject([{ language: 'kor', title: null }])
  expect(await readFile(job.outputPath('told-1-kor.vtt'), 'utf8')).toBe(
    'WEBVTT\n\n00:00:00.500 --> 00:00:01.000\nHello &amp; goodbye\n\n00:00:01.250 --> 00:00:01.750\na &lt; b\n',
  )
  const master = await readFile(job.outputPath('told.m3u8'), 'utf8')
  expect(master).toContain(
    '\n#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="1 kor",LANGUAGE="ko",DEFAULT=NO,AUTOSELECT=YES,' +
      'URI="told-1-kor.m3u8"\n#EXT-X-STREAM-INF:',
  )
  expect(master).toMatch(/CODECS="avc1\.[^"]+",SUBTITLES="subtitles"\ntold-source\.m3u8\n$/)
  expect(await readFile(job.outputPath('told-1-kor.m3u8'), 'utf8')).toBe(
    '#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:2.000,\ntold-1-kor.vtt\n#EXT-X-ENDLIST\n',
  )
  // Every name in a playlist is one of an output.
  const names = output.files.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['told-source.m3u8', 'told-1-kor.m3u8', 'told-1-kor.vtt']))
})

test('a long video is encoded in stretches that meet without a gap', async () => {
  const { job, output } = await encode('long.mp4', { formats: ['mp4'] })
  await using _ = job
  expect(output.durationSeconds).toBeCloseTo(7_200, -1)
  const found = await comparer.compare(media.path('long.mp4'), job.outputPath('long-source.mp4'), { every: 100 })
  expect(found).toMatchObject({ frameCount: 7_200, sourceFrameCount: 7_200, width: 16, height: 16, shiftSeconds: 0 })
  expect(found.durationSeconds).toBeCloseTo(7_200, -1)
  expect(found.ssim).toBeGreaterThan(SSIM_AT_LEAST)
}, 60_000)
