import { JOB_KINDS } from '@bellhop/model'
import { outputName } from '../output-name.ts'
import { defineProcessor } from '../processor.ts'
import { KEY_MARGIN_MS } from './bounds.ts'
import { HLS_TYPE, masterPlaylist } from './hls-playlists.ts'
import { picturePlan, renditionsOf } from './rendition-plan.ts'
import { runMedia } from './run-media.ts'
import { storeCaptions } from './store-captions.ts'
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
  const durationSeconds = Math.max(...renditions.map((rendition) => rendition.durationSeconds))
  const hlsSeconds = formats.includes('hls') ? durationSeconds : null
  const { captions, ...told } = facts.tracks.some(({ kind }) => kind === 'subtitle')
    ? await storeCaptions(job, { address, name, hlsSeconds })
    : { captions: [], files: [], named: [] }
  const nameOf = (id: string) => files.find((file) => file.id === id)?.name ?? ''
  const playlist = masterPlaylist(renditions, told.named, nameOf)
  const master =
    playlist === null
      ? null
      : await objects.put({
          role: 'master-playlist',
          name: outputName(name, '.m3u8'),
          mediaType: HLS_TYPE,
          body: Buffer.from(playlist),
        })
  return {
    durationSeconds,
    renditions,
    hls: master && { playlist: master.id },
    captions,
    files: [...files, ...(master ? [master] : []), ...told.files],
  }
})

/** How long a rendition takes goes with its pixels, on top of reading the source for each. */
const READING_PIXELS = 300_000

function workOf(picture: { readonly width: number; readonly height: number } | null): number {
  return (picture ? picture.width * picture.height : 0) + READING_PIXELS
}
