import { JOB_KINDS, newId } from '@bellhop/model'
import type { JobInput } from '@bellhop/model'
import { readFile } from 'node:fs/promises'
import { AVCOL_PRI_BT2020, AVCOL_TRC_ARIB_STD_B67, AVCOL_TRC_SMPTE2084 } from 'node-av/constants'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { videoEncodeProcessor } from '../../src/processors/media/video-encode.ts'
import { compare } from './compare-media.ts'
import { mediaFolder, picture, tone } from './media.ts'
import type { MediaFolder } from './media.ts'
import { tempJob } from './temp-job.ts'

const { input: inputSchema, output: outputSchema } = JOB_KINDS['video.encode']
/** Of what a person takes for the same picture; these are at 0.995 and above, and at 0.91 where colours are told wrongly. */
const SSIM_AT_LEAST = 0.98

const HEVC = { encoder: 'libx265', options: { preset: 'ultrafast', crf: '12', 'x265-params': 'log-level=none' } }
const VP9 = { encoder: 'libvpx-vp9', options: { crf: '20', deadline: 'realtime', 'cpu-used': '8' } }
const SDR = ',format=yuv420p,setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709'
/** The same, its white as bright as that of HDR is. */
const hdr = (transfer: string) =>
  `${SDR},zscale=transfer=linear:npl=203,format=gbrpf32le,` +
  `zscale=primaries=bt2020:transfer=${transfer}:matrix=bt2020nc:range=tv:npl=203,format=yuv420p10le`
const HDR_COLOR = {
  pq: { colorPrimaries: AVCOL_PRI_BT2020, colorTrc: AVCOL_TRC_SMPTE2084 },
  hlg: { colorPrimaries: AVCOL_PRI_BT2020, colorTrc: AVCOL_TRC_ARIB_STD_B67 },
}

let media: MediaFolder

beforeAll(async () => {
  const still = { encoder: 'ffv1', options: {} }
  media = await mediaFolder({
    'plain.mp4': { tracks: [picture('640x360', 30, 2), tone(2)] },
    'turned.mp4': { tracks: [picture('320x180', 25, 1)], rotation: 90 },
    'odd.mkv': { format: 'matroska', tracks: [{ ...picture('321x181', 25, 1, ',format=yuv444p'), ...still }] },
    'uneven.mkv': {
      format: 'matroska',
      tracks: [picture('320x180', 30, 2, ",select='gt(mod(n\\,7)\\,2)',format=yuv420p"), tone(2)],
    },
    'told.mkv': {
      format: 'matroska',
      tracks: [picture('64x36', 25, 2)],
      captions: [
        { from: 0.5, to: 1, text: '<i>Hello</i> & goodbye' },
        { from: 1.25, to: 1.75, text: 'a < b' },
      ],
    },
    'blink.webm': {
      tracks: [
        { ...picture('320x180', 25, 0.2), encoder: 'libvpx-vp9', options: { deadline: 'realtime', 'cpu-used': '8' } },
      ],
    },
    'dot.mp4': {
      tracks: [{ ...picture('16x16', 25, 0.2, ',scale=1:1,format=yuv444p'), ...still }],
      format: 'matroska',
    },
    'tone.wav': {
      tracks: [{ ...tone(3), graph: tone(3).graph.replace('fltp', 's16'), encoder: 'pcm_s16le', options: {} }],
    },
    'sdr.mp4': { tracks: [picture('320x180', 10, 1, SDR)] },
    'pq.mp4': { tracks: [{ ...picture('320x180', 10, 1, hdr('smpte2084')), ...HEVC, color: HDR_COLOR.pq }] },
    'hlg.webm': { tracks: [{ ...picture('320x180', 10, 1, hdr('arib-std-b67')), ...VP9, color: HDR_COLOR.hlg }] },
    'long.mp4': { tracks: [picture('64x36', 1, 7_200, ',format=yuv420p')] },
  })
}, 60_000)
afterAll(() => media[Symbol.asyncDispose]())

async function encode(name: string, input: Omit<JobInput<'video.encode'>, 'fileId'> = {}, bytes?: Buffer) {
  const source = { name, mediaType: 'video/mp4', bytes: bytes ?? (await media.bytes(name)) }
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
  expect(master).toContain('RESOLUTION=640x360,FRAME-RATE=30.000,CODECS="avc1.')
  const playlist = await readFile(job.outputPath('plain-360p.m3u8'), 'utf8')
  expect(playlist).toMatch(/#EXT-X-MAP:URI="plain-360p-hls\.mp4",BYTERANGE="\d+@0"/)
  for (const name of ['plain-360p.mp4', 'plain-240p-hls.mp4']) {
    const found = await compare(media.path('plain.mp4'), job.outputPath(name))
    expect(found).toMatchObject({ frameCount: 60, sourceFrameCount: 60, audioCodec: 'aac' })
    expect(Math.abs(found.durationSeconds - 2)).toBeLessThan(0.1)
    expect(found.ssim).toBeGreaterThan(SSIM_AT_LEAST)
  }
  // Its index is in front.
  const bytes = await readFile(job.outputPath('plain-360p.mp4'))
  expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'))
})

test.each([
  ['turned.mp4', { width: 180, height: 320, frameCount: 25, audioCodec: null }],
  ['odd.mkv', { width: 322, height: 182, frameCount: 25, audioCodec: null }],
  ['uneven.mkv', { width: 320, height: 180, frameCount: 33, audioCodec: 'aac' }],
  ['blink.webm', { width: 320, height: 180, frameCount: 5, audioCodec: null }],
])('%s keeps its shape, its frames and its look', async (name, expected) => {
  const { job, output } = await encode(name, { renditions: ['1080p'], formats: ['mp4'] })
  await using _ = job
  expect(output).toMatchObject({ hls: null, renditions: [{ name: 'source', hls: null }] })
  const found = await compare(media.path(name), job.outputPath(output.files[0]!.name))
  expect(found).toMatchObject(expected)
  expect(found.frameCount).toBe(found.sourceFrameCount)
  expect(found.ssim).toBeGreaterThan(SSIM_AT_LEAST)
})

test.each(['pq.mp4', 'hlg.webm'])('%s, which is HDR, becomes SDR that is as bright', async (name) => {
  const { job, output } = await encode(name, { formats: ['mp4'] })
  await using _ = job
  const found = await compare(media.path('sdr.mp4'), job.outputPath(output.files[0]!.name))
  // BT.709, in 8 bits.
  const color = { primaries: 1, transfer: 1, matrix: 1 }
  expect(found).toMatchObject({ pixelFormat: 'yuv420p', color, frameCount: 10, sourceFrameCount: 10 })
  // At 0.8 where it is taken for brighter than it is, and at a similarity of 0.8 where it is taken for SDR.
  expect(found.brightness).toBeGreaterThan(0.86)
  expect(found.brightness).toBeLessThan(1.05)
  expect(found.ssim).toBeGreaterThan(0.91)
})

test('a single pixel becomes the smallest video there is', async () => {
  const { job, output } = await encode('dot.mp4', { formats: ['mp4'] })
  await using _ = job
  expect(output.renditions[0]?.video).toMatchObject({ width: 2, height: 2 })
})

test.each(['vp9', 'av1'] as const)('%s is there for who asks for it', async (codec) => {
  const { job, output } = await encode('plain.mp4', { codec, renditions: ['240p'], formats: ['mp4'] })
  await using _ = job
  expect(output.renditions[0]).toMatchObject({
    video: { codec },
    codecs: expect.stringMatching(/^(vp09|av01)\..*mp4a/) as unknown,
  })
  const found = await compare(media.path('plain.mp4'), job.outputPath(output.files[0]!.name))
  expect(found).toMatchObject({ frameCount: 60, audioCodec: 'aac' })
  expect(found.ssim).toBeGreaterThan(SSIM_AT_LEAST)
})

test('a sound becomes AAC and Opus', async () => {
  const { job, output } = await encode('tone.wav')
  await using _ = job
  expect(output.renditions).toMatchObject([
    { name: 'aac', video: null, audio: { codec: 'aac', channels: 2, sampleRate: 48_000 }, hls: {} },
    { name: 'opus', video: null, audio: { codec: 'opus', channels: 2, sampleRate: 48_000 }, hls: null },
  ])
  expect(output.files.map(({ name }) => name)).toContain('tone-opus.ogg')
  for (const { durationSeconds } of output.renditions) expect(durationSeconds).toBeCloseTo(3, 1)
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

test('of a file that was cut off, what there is of it is encoded', async () => {
  const whole = await media.bytes('plain.mp4')
  const cut = whole.subarray(0, Math.floor(whole.length * 0.6))
  const { job, output } = await encode('cut.mp4', { renditions: ['240p'], formats: ['mp4'] }, cut)
  await using _ = job
  expect(output.durationSeconds).toBeGreaterThan(0.8)
  expect(output.durationSeconds).toBeLessThan(1.8)
})

test('a long video is encoded in stretches that meet without a gap', async () => {
  const { job, output } = await encode('long.mp4', { formats: ['mp4'] })
  await using _ = job
  expect(output.durationSeconds).toBeCloseTo(7_200, -1)
  const found = await compare(media.path('long.mp4'), job.outputPath('long-source.mp4'), { frames: 50 })
  expect(found).toMatchObject({ frameCount: 7_200, width: 64, height: 36 })
  expect(found.durationSeconds).toBeCloseTo(7_200, -1)
}, 60_000)
