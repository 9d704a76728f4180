import type { JobOutput } from '@bellhop/model'
import { newId } from '@bellhop/model'
import { expect, test } from 'vitest'
import { hlsLevels, masterOf, withAddresses } from '../src/files/preview/hls-level.ts'

type Made = Pick<JobOutput<'video.rendition'>, 'rendition' | 'files'>

function made(height: number, codec: 'h264' | 'av1' = 'h264'): Made {
  const [playlist, segments] = [newId('output'), newId('output')]
  const codecs = codec === 'h264' ? 'avc1.64001f,mp4a.40.2' : 'av01.0.04M.08,mp4a.40.2'
  return {
    rendition: {
      name: `${height}p`,
      video: { codec, width: (height * 16) / 9, height, frameRate: 25 },
      audio: null,
      durationSeconds: 8,
      bitRate: height * 1_000,
      peakBitRate: height * 2_000,
      codecs,
      progressive: null,
      hls: { playlist, segments },
    },
    files: [{ id: segments, role: 'segments', name: `항구-${height}p-hls.mp4`, mediaType: 'video/mp4', sizeBytes: 9 }],
  }
}

test('the levels are the newest of each size, the largest first, of the codec that has most of them', () => {
  const outputs = [made(720), made(1_080, 'av1'), made(360), made(720)]
  const levels = hlsLevels(outputs, () => true)
  expect(levels.map(({ id, pixels }) => [pixels, id])).toEqual([
    [720, outputs[3]?.rendition.hls?.playlist],
    [360, outputs[2]?.rendition.hls?.playlist],
  ])
  expect(
    masterOf(levels, ({ pixels }) => `at:${pixels}`)
      .split('\n')
      .slice(-3),
  ).toEqual([
    '#EXT-X-STREAM-INF:BANDWIDTH=720000,AVERAGE-BANDWIDTH=360000,RESOLUTION=640x360,FRAME-RATE=25.000,CODECS="avc1.64001f,mp4a.40.2"',
    'at:360',
    '',
  ])
})

test('what the browser cannot decode is no level', () => {
  const levels = hlsLevels([made(720), made(360), made(1_080, 'av1')], (type) => type.includes('av01'))
  expect(levels.map(({ pixels }) => pixels)).toEqual([1_080])
})

test('each name in a playlist gives way to the address of its key, and a stranger among them is refused', () => {
  const output = made(360)
  const [level] = hlsLevels([output], () => true)
  const name = encodeURIComponent(output.files[0]!.name)
  const playlist = `#EXTM3U\n#EXT-X-MAP:URI="${name}",BYTERANGE="9@0"\n#EXTINF:4,\n#EXT-X-BYTERANGE:90@9\n${name}\n#EXT-X-ENDLIST\n`
  expect(withAddresses(playlist, level!, (id) => `https://store/${id}?key`)).toBe(
    playlist.replaceAll(name, `https://store/${output.files[0]!.id}?key`),
  )
  expect(() => withAddresses('https://elsewhere/a.mp4\n', level!, String)).toThrow(
    'which is no output of its rendition',
  )
})
