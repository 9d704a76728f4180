import { join } from 'node:path'
import { JOB_KINDS } from '@bellhop/model'
import { outputName } from '../output-name.ts'
import { defineProcessor } from '../processor.ts'
import { KEY_MARGIN_MS } from './bounds.ts'
import { runMedia } from './run-media.ts'

/** One stretch of a long video. */
export const videoSegmentProcessor = defineProcessor('video.segment', async (job) => {
  const { input, scratchDir, objects } = job
  const { picture, fromSeconds, toSeconds } = input
  job.advance('encoding')
  const { address, name } = await objects.open(input.fileId, JOB_KINDS['video.segment'].timeoutMs + KEY_MARGIN_MS)
  const path = join(scratchDir, 'stretch.mp4')
  const stretch = { picture, sound: null, fromSeconds, toSeconds }
  const encoded = await runMedia(job, { type: 'encode', address, path, ...stretch })
  job.advance('storing')
  const suffix = `-${picture.height}-${Math.round(fromSeconds)}.mp4`
  const { width, height } = picture
  const output = {
    role: 'segment',
    name: outputName(name, suffix),
    mediaType: 'video/mp4',
    body: { path },
    width,
    height,
  }
  return { ...encoded, files: [await objects.put(output)] }
})
