import { JOB_KINDS } from '@bellhop/model'
import type { JobRun, OutputFile, Rendition } from '@bellhop/model'
import { outputName } from '../output-name.ts'
import { defineProcessor } from '../processor.ts'
import { KEY_MARGIN_MS } from './bounds.ts'
import { picturePlan, renditionsOf } from './rendition-plan.ts'
import { runMedia } from './run-media.ts'
import { HLS_TYPE } from './video-rendition.ts'
import type { RenditionOutput } from './video-rendition.ts'

/** Plans the renditions, waits for the jobs that make them, and names them all in a master playlist. */
export const videoEncodeProcessor = defineProcessor('video.encode', async (job) => {
  const { input, objects } = job
  job.advance('planning')
  const { address, name } = await objects.open(input.fileId, JOB_KINDS['video.encode'].timeoutMs + KEY_MARGIN_MS)
  const facts = await runMedia(job, { type: 'probe', address, draw: null })
  const { fileId, formats, codec } = input
  const outputs = await job.parts(
    'encoding',
    renditionsOf(facts, input).map((rendition) => ({
      kind: 'video.rendition',
      input: { fileId, formats, codec, rendition },
      weight: workOf(picturePlan(facts, { rendition, codec })),
    })),
  )
  job.advance('storing')
  const made = outputs.map((output): RenditionOutput => JOB_KINDS['video.rendition'].output.parse(output))
  const renditions = made.map(({ rendition }) => rendition)
  const files = made.flatMap((each) => each.files)
  const nameOf = (id: string) => files.find((file) => file.id === id)?.name ?? ''
  const playlist = masterPlaylist(renditions, nameOf)
  const master =
    playlist === null
      ? null
      : await objects.put({
          role: 'master-playlist',
          name: outputName(name, '.m3u8'),
          mediaType: HLS_TYPE,
          body: Buffer.from(playlist),
        })
  const captions = facts.tracks.some(({ kind }) => kind === 'subtitle')
    ? await storeCaptions(job, address, name)
    : { captions: [], files: [] }
  return {
    durationSeconds: Math.max(...renditions.map(({ durationSeconds }) => durationSeconds)),
    renditions,
    hls: master && { playlist: master.id },
    captions: captions.captions,
    files: [...files, ...(master ? [master] : []), ...captions.files],
  }
})

async function storeCaptions(job: JobRun<unknown>, address: string, sourceName: string) {
  const found = await runMedia(job, { type: 'captions', address, folder: job.scratchDir })
  const files: OutputFile[] = []
  for (const [index, { path, language }] of found.entries()) {
    const name = outputName(sourceName, `-${index + 1}${language === null ? '' : `-${language}`}.vtt`)
    files.push(await job.objects.put({ role: 'captions', name, mediaType: 'text/vtt', body: { path } }))
  }
  return { files, captions: found.map(({ language, title }, index) => ({ output: files[index]!.id, language, title })) }
}

/** How long a rendition takes goes with its pixels, on top of reading the source for each. */
const READING_PIXELS = 300_000

function workOf(picture: { readonly width: number; readonly height: number } | null): number {
  return (picture ? picture.width * picture.height : 0) + READING_PIXELS
}

/** RFC 8216. Null where none of them is for HLS. */
function masterPlaylist(renditions: readonly Rendition[], nameOf: (id: string) => string): string | null {
  const lines = renditions.flatMap(({ hls, video, bitRate, peakBitRate, codecs }) => {
    if (!hls) return []
    const picture = video
      ? [`RESOLUTION=${video.width}x${video.height}`, `FRAME-RATE=${video.frameRate.toFixed(3)}`]
      : []
    const facts = [`BANDWIDTH=${peakBitRate}`, `AVERAGE-BANDWIDTH=${bitRate}`, ...picture, `CODECS="${codecs}"`]
    return [`#EXT-X-STREAM-INF:${facts.join(',')}`, encodeURIComponent(nameOf(hls.playlist))]
  })
  return lines.length === 0
    ? null
    : `${['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-INDEPENDENT-SEGMENTS', ...lines].join('\n')}\n`
}
