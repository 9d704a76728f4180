import { FILE_TYPES, JOB_STATUSES, LIMITS, fileIdSchema, isId, outputIdSchema } from '@bellhop/model'
import type { ApiKeyId, JobId, UploadId, UserId, ValetKeyId } from '@bellhop/model'
import { z } from 'zod'

/** The pieces that inputs are made of. */
export const fileId = fileIdSchema
export const objectId = z.union([fileIdSchema, outputIdSchema], 'Expected the id of a file or of an output.')
export const uploadId = z.custom<UploadId>((value) => isId('upload', value), 'Expected an upload id, such as `up_01…`.')
export const jobId = z.custom<JobId>((value) => isId('job', value), 'Expected a job id, such as `job_01…`.')
export const apiKeyId = z.custom<ApiKeyId>(
  (value) => isId('apiKey', value),
  'Expected the id of an API key, such as `key_01…`.',
)
export const valetKeyId = z.custom<ValetKeyId>(
  (value) => isId('valetKey', value),
  'Expected the id of a valet key, such as `vk_01…`.',
)
export const userId = z.custom<UserId>((value) => isId('user', value), 'Expected a user id, such as `user_01…`.')
/** Teams add kinds of their own, so the use case says which names there are. */
export const jobKind = z.string().max(LIMITS.kindNameChars)
export const jobStatus = z.enum(JOB_STATUSES)
export const fileType = z.enum(FILE_TYPES)

/** Longer than any that is accepted, so that the use case can say what is wrong with a name in its own words. */
export const fileName = z.string().max(10_000)
export const tags = z.array(z.string().max(LIMITS.tagChars)).max(LIMITS.tagsPerFile)
export const sizeBytes = z
  .number('Expected the size in bytes, a whole number from 0.')
  .int('Expected the size in bytes, a whole number from 0.')
  .nonnegative('Expected the size in bytes, a whole number from 0.')
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'Expected a SHA-256 in 64 lower-case hex digits.')
export const cursor = z.string().max(2_000)
export const searchText = z.string().max(LIMITS.searchChars)

/** A write token is the number of a transaction. */
const MAX_LAG_ASKED_MS = 86_400_000
export const want = z
  .union(
    [
      z.enum(['any', 'strict']),
      z.object({ maxLagMs: z.number().min(0).max(MAX_LAG_ASKED_MS) }),
      z.object({ after: z.string().regex(/^[0-9]{1,18}$/) }),
    ],
    'Expected `any`, `strict`, `{ maxLagMs }` up to a day, or `{ after }` with the write token of a mutation.',
  )
  .optional()

export const lastEventId = z.string().max(200).nullish()
