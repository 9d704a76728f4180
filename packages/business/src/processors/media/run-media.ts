import process from 'node:process'
import type { JobRun } from '@bellhop/model'
import { runInChild } from '../child/run-in-child.ts'
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

/** Does one thing with media, in a process of its own. */
export function runMedia<W extends MediaWork>(job: JobRun<unknown>, work: W): Promise<MediaResults[W['type']]> {
  const { signal, scratchDir } = job
  return runInChild<MediaTask, MediaResults[W['type']]>({
    entry: ENTRY,
    task: { ...work, workerPid: process.pid },
    scratchDir,
    signal,
    job,
  })
}
