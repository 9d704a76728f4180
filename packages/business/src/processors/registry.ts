import { isJobKindName } from '@bellhop/model'
import type { JobId, JobKind, JobKindName, JobRun } from '@bellhop/model'
import type { Transaction } from '@bellhop/persistence'
import { ownKindProcessor } from '../kinds/kind-processor.ts'
import { isOwnKind } from '../kinds/own-kind.ts'
import { datasetProfileProcessor } from './dataset/dataset-profile.ts'
import { fileVerifyProcessor } from './file-verify.ts'
import { imageVariantsProcessor } from './image/image-variants.ts'
import { mediaProbeProcessor } from './media/media-probe.ts'
import { videoEncodeProcessor } from './media/video-encode.ts'
import { videoRenditionProcessor } from './media/video-rendition.ts'
import { videoSegmentProcessor } from './media/video-segment.ts'
import type { Processor } from './processor.ts'

/** Total over the kinds: a kind that nobody runs does not compile. */
const PROCESSORS: { readonly [K in JobKindName]: Processor<K> } = {
  'image.variants': imageVariantsProcessor,
  'dataset.profile': datasetProfileProcessor,
  'file.verify': fileVerifyProcessor,
  'media.probe': mediaProbeProcessor,
  'video.encode': videoEncodeProcessor,
  'video.rendition': videoRenditionProcessor,
  'video.segment': videoSegmentProcessor,
}

/** A processor for whoever knows its kind at run time only: input and output are what its kind's schemas made of them. */
export interface AnyProcessor {
  run(job: JobRun<unknown>): Promise<unknown>
  readonly completed?: (tx: Transaction, input: unknown, output: unknown, jobId: JobId) => Promise<void>
}

export function processorOf(kind: JobKind): AnyProcessor {
  if (isOwnKind(kind)) return ownKindProcessor(kind)
  const { name } = kind
  if (!isJobKindName(name)) throw new Error(`There is nothing to run a job of kind ${name} with.`)
  // The table pairs each kind with the processor of its own input; TypeScript cannot follow that through the lookup.
  return PROCESSORS[name] as unknown as AnyProcessor
}
