import { join } from 'node:path'
import { JOB_KINDS } from '@bellhop/model'
import type { JobOutput, JobRun, NewOutput, OutputFile, ParsedJobInput } from '@bellhop/model'
import { markFileSound } from '@bellhop/persistence'
import { outputName } from '../output-name.ts'
import { defineProcessor } from '../processor.ts'
import { KEY_MARGIN_MS } from './bounds.ts'
import { runMedia } from './run-media.ts'

/** What a video or a sound holds, with what is shown of it before it plays. The bytes of its head told film from sound less surely. */
export const mediaProbeProcessor = defineProcessor('media.probe', probe, async (tx, { fileId }, { poster }) => {
  if (poster === null) await markFileSound(tx, fileId)
})

async function probe(job: JobRun<ParsedJobInput<'media.probe'>>): Promise<JobOutput<'media.probe'>> {
  const { input, scratchDir, objects } = job
  job.advance('reading')
  const { address, name } = await objects.open(input.fileId, JOB_KINDS['media.probe'].timeoutMs + KEY_MARGIN_MS)
  const draw = { posterPath: join(scratchDir, 'poster'), filmstripPath: join(scratchDir, 'filmstrip') }
  const { pictures, waveform, tracks, ...facts } = await runMedia(job, { type: 'probe', address, draw })
  job.log(`Found ${facts.container}, ${facts.durationSeconds} s: ${tracks.map(({ codec }) => codec).join(', ')}.`)
  const files: OutputFile[] = []
  const put = async (output: Pick<NewOutput, 'role' | 'width' | 'height'>, path: string) => {
    job.advance('storing', files.length, 2)
    const named = { name: outputName(name, `-${output.role}.webp`), mediaType: 'image/webp', body: { path } }
    const file = await objects.put({ ...output, ...named })
    files.push(file)
    return file.id
  }
  if (!pictures)
    return { ...facts, tracks: [...tracks], poster: null, filmstrip: null, waveform: shown(waveform), files }
  const { poster, filmstrip } = pictures
  const strip = { width: filmstrip.columns * filmstrip.frameWidth, height: filmstrip.rows * filmstrip.frameHeight }
  const { width, height } = poster
  return {
    ...facts,
    tracks: [...tracks],
    poster: { ...poster, output: await put({ role: 'poster', width, height }, draw.posterPath) },
    filmstrip: { ...filmstrip, output: await put({ role: 'filmstrip', ...strip }, draw.filmstripPath) },
    waveform: shown(waveform),
    files,
  }
}

function shown(waveform: { secondsPerPeak: number; peaks: readonly number[] } | null) {
  return waveform && { ...waveform, peaks: [...waveform.peaks] }
}
