import process from 'node:process'
import { JobInputError } from '@bellhop/model'
import type { JobRun } from '@bellhop/model'
import { MemorySpent } from '../child/memory-spent.ts'
import { runInChild } from '../child/run-in-child.ts'
import { MAX_CHILD_BYTES } from './bounds.ts'
import type { Caption } from './captions.ts'
import type { EncodedStretch } from './encode-stretch.ts'
import type { PlannedRendition, Rendered } from './make-rendition.ts'
import type { MediaTask, MediaWork } from './media-task.ts'
import type { ProbedMedia } from './probe-media.ts'

const ENTRY = new URL('media-child.ts', import.meta.url)

interface MediaResults {
  readonly probe: ProbedMedia
  readonly captions: readonly Caption[]
  readonly encode: EncodedStretch
  readonly rendition: PlannedRendition
  readonly render: Rendered
}

/**
 * Does one thing with media, in a process of its own.
 * @throws JobInputError also when that took more than `maxBytes` of memory
 */
export async function runMedia<W extends MediaWork>(
  job: JobRun<unknown>,
  work: W,
  { maxBytes = MAX_CHILD_BYTES } = {},
): Promise<MediaResults[W['type']]> {
  const { signal, scratchDir } = job
  const task = { ...work, workerPid: process.pid, maxBytes }
  return runInChild<MediaTask, MediaResults[W['type']]>({ entry: ENTRY, task, scratchDir, signal, job }).catch(
    (error: unknown) => {
      throw error instanceof MemorySpent ? tooHeavy(maxBytes) : error
    },
  )
}

function tooHeavy(maxBytes: number): JobInputError {
  return new JobInputError(
    'MEDIA_TOO_HEAVY',
    `To read or encode the file took more than the ${Math.floor(maxBytes / 1024 ** 2)} MiB of memory that one may take. Upload a smaller ` +
      'version of it, or ask for smaller renditions.',
  )
}
