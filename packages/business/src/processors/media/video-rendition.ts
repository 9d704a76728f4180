import { readFile } from 'node:fs/promises'
import { JOB_KINDS } from '@bellhop/model'
import type { JobOutput, JobRun, NewOutput, OutputFile, ParsedJobInput, Rendition } from '@bellhop/model'
import { removePartOutputs } from '@bellhop/persistence'
import { outputName } from '../output-name.ts'
import { defineProcessor } from '../processor.ts'
import { KEY_MARGIN_MS } from './bounds.ts'
import { SAMPLE_RATE, pacedRate } from './encoding.ts'
import type { PicturePlan } from './encoding.ts'
import { HLS_TYPE } from './hls-playlists.ts'
import type { PlannedRendition, Rendered } from './make-rendition.ts'
import { SEGMENTS, encodedPath, renditionFiles } from './rendition-files.ts'
import type { RenditionFiles } from './rendition-files.ts'
import { stretchesOf, videoOf } from './rendition-plan.ts'
import { runMedia } from './run-media.ts'

type Job = JobRun<ParsedJobInput<'video.rendition'>>

const KEY_LIFE_MS = JOB_KINDS['video.rendition'].timeoutMs + KEY_MARGIN_MS

/** One rendition: of a short video at once, of a long one joined from stretches that other jobs encode. */
export const videoRenditionProcessor = defineProcessor(
  'video.rendition',
  async (job) => {
    const { input, objects } = job
    const { address, name } = await objects.open(input.fileId, KEY_LIFE_MS)
    const { rendition, codec, formats } = input
    const wish = { rendition, codec, formats }
    const planned = await runMedia(job, { type: 'rendition', address, folder: job.scratchDir, ...wish })
    const { facts, picture, sound } = planned
    const files = renditionFiles(wish, job.scratchDir, picture !== null)
    const { encoded, joined } = planned.rendered ?? (await joinParts(job, { address, facts, picture, sound, files }))
    if (encoded && joined.durationSeconds < facts.durationSeconds * 0.99) {
      job.log(`The file says ${facts.durationSeconds} s; ${joined.durationSeconds} s of it could be decoded.`)
    }
    const stored = await store(job, name, files, picture)
    const frameRate = pacedRate(videoOf(facts.tracks)?.frameRate ?? 25)
    const made: Rendition = {
      name: rendition,
      video: picture && { codec: picture.codec, width: picture.width, height: picture.height, frameRate },
      audio: sound && { ...sound, sampleRate: SAMPLE_RATE },
      ...joined,
      ...stored.ids,
    }
    return { rendition: made, files: stored.files }
  },
  // What the stretches were joined into is there: they are of no use any more.
  async (tx, _input, _output, jobId) => removePartOutputs(tx, jobId),
)

interface Joining extends Pick<PlannedRendition, 'facts' | 'picture' | 'sound'> {
  readonly address: string
  readonly files: RenditionFiles
}

/** Of a long video: the picture from the jobs that encode it in stretches, the sound encoded here. */
async function joinParts(job: Job, { address, facts, picture, sound, files }: Joining): Promise<Rendered> {
  const { scratchDir, objects, input } = job
  const outputs = await job.parts(
    'encoding',
    stretchesOf(facts).map(({ seconds, ...stretch }) => ({
      kind: 'video.segment',
      input: { fileId: input.fileId, picture, ...stretch },
      weight: seconds,
    })),
  )
  const pictures: string[] = []
  for (const output of outputs) {
    const { files: made, frameCount } = JOB_KINDS['video.segment'].output.parse(output)
    // Of a file that is shorter than it says, the last stretches are empty.
    if (frameCount === 0) continue
    for (const { id } of made) pictures.push((await objects.open(id, KEY_LIFE_MS)).address)
  }
  const path = encodedPath(scratchDir)
  const encode = sound && { address, path, picture: null, sound, fromSeconds: 0, toSeconds: null }
  return runMedia(job, { type: 'render', encode, join: { pictures, sound: sound && path, ...files } })
}

async function store(
  { input, objects, advance }: Job,
  sourceName: string,
  { progressive, hls }: RenditionFiles,
  picture: PicturePlan | null,
): Promise<{ ids: Pick<Rendition, 'progressive' | 'hls'>; files: OutputFile[] }> {
  const files: OutputFile[] = []
  const size = picture ? { width: picture.width, height: picture.height } : {}
  const put = async (suffix: string, output: Pick<NewOutput, 'role' | 'mediaType' | 'body' | 'width' | 'height'>) => {
    advance('storing', files.length, (progressive ? 1 : 0) + (hls ? 2 : 0))
    const file = await objects.put({ ...output, name: outputName(sourceName, `-${input.rendition}${suffix}`) })
    files.push(file)
    return file
  }
  const family = picture ? 'video' : 'audio'
  const extension = progressive?.format === 'ogg' ? 'ogg' : picture ? 'mp4' : 'm4a'
  const mediaType = `${family}/${progressive?.format ?? 'mp4'}`
  const whole =
    progressive &&
    (await put(`.${extension}`, { role: 'rendition', mediaType, body: { path: progressive.path }, ...size }))
  if (!hls) return { ids: { progressive: whole?.id ?? null, hls: null }, files }
  const body = { path: hls.segmentsPath }
  const segments = await put('-hls.mp4', { role: 'segments', mediaType: `${family}/mp4`, body, ...size })
  const text = (await readFile(hls.playlistPath, 'utf8')).replaceAll(SEGMENTS, encodeURIComponent(segments.name))
  const playlist = await put('.m3u8', { role: 'playlist', mediaType: HLS_TYPE, body: Buffer.from(text) })
  return { ids: { progressive: whole?.id ?? null, hls: { playlist: playlist.id, segments: segments.id } }, files }
}

/** The output of `video.rendition`, as its kind says it. */
export type RenditionOutput = JobOutput<'video.rendition'>
