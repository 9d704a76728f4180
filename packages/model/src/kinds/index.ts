import { datasetProfile } from './dataset-profile.ts'
import { fileVerify } from './file-verify.ts'
import { imageVariants } from './image-variants.ts'
import { mediaProbe } from './media-probe.ts'
import { videoEncode, videoRendition, videoSegment } from './video-encode.ts'

/** The kinds that come with Bellhop, by name. Teams add their own: `JobKinds` for the compiler, a folder of files at run time. */
export const JOB_KINDS = {
  [imageVariants.name]: imageVariants,
  [datasetProfile.name]: datasetProfile,
  [fileVerify.name]: fileVerify,
  [mediaProbe.name]: mediaProbe,
  [videoEncode.name]: videoEncode,
  [videoRendition.name]: videoRendition,
  [videoSegment.name]: videoSegment,
} as const

export type BuiltInKinds = typeof JOB_KINDS
/** Of a kind that comes with Bellhop. */
export type JobKindName = keyof BuiltInKinds

export function isJobKindName(name: string): name is JobKindName {
  return Object.hasOwn(JOB_KINDS, name)
}

/** The kinds that start by themselves when a file of this type arrives. */
export function jobKindsFor(mediaType: string): JobKindName[] {
  if (imageVariants.accepts?.test(mediaType)) return ['image.variants']
  if (/^(text\/(csv|tab-separated-values)|application\/(json|x-ndjson|vnd\.apache\.parquet))$/.test(mediaType))
    return ['dataset.profile']
  if (/^(video|audio)\//.test(mediaType)) return ['media.probe']
  return []
}
