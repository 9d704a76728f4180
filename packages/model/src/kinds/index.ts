import type { z } from 'zod'
import { datasetProfile } from './dataset-profile.ts'
import { fileVerify } from './file-verify.ts'
import { imageVariants } from './image-variants.ts'

/** Every kind of job there is, by name. */
export const JOB_KINDS = {
  [imageVariants.name]: imageVariants,
  [datasetProfile.name]: datasetProfile,
  [fileVerify.name]: fileVerify,
} as const

export type JobKindName = keyof typeof JOB_KINDS
/** What a caller passes: defaults may be left out. */
export type JobInput<K extends JobKindName> = z.input<(typeof JOB_KINDS)[K]['input']>
/** What `run` receives: defaults filled in. */
export type ParsedJobInput<K extends JobKindName> = z.output<(typeof JOB_KINDS)[K]['input']>
export type JobOutput<K extends JobKindName> = z.output<(typeof JOB_KINDS)[K]['output']>

export function isJobKindName(name: string): name is JobKindName {
  return Object.hasOwn(JOB_KINDS, name)
}

/** The kinds that start by themselves when a file of this type arrives. */
export function jobKindsFor(mediaType: string): JobKindName[] {
  if (/^image\/(avif|gif|jpeg|png|tiff|webp)$/.test(mediaType)) return ['image.variants']
  if (/^(text\/(csv|tab-separated-values)|application\/(json|x-ndjson|vnd\.apache\.parquet))$/.test(mediaType))
    return ['dataset.profile']
  return []
}
