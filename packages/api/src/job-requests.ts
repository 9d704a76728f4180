import { JOB_PRIORITIES, LIMITS } from '@bellhop/model'
import { z } from 'zod'
import { cursor, fileId, jobId, jobKind, jobStatus } from './input.ts'

const jobInput = z
  .unknown()
  .refine((input) => JSON.stringify(input ?? null).length <= LIMITS.jobInputBytes, 'The input is longer than 64 KiB.')

export const idempotencyKey = z.string().min(1).max(LIMITS.idempotencyKeyChars)

export const presetName = z.string().trim().min(1).max(LIMITS.presetNameChars)

/** What is asked of jobs, over tRPC and over plain HTTP alike. */
export const jobToSubmit = z.object({
  kind: jobKind,
  input: jobInput,
  /** Its settings hold where `input` says nothing. */
  preset: presetName.optional(),
  idempotencyKey: idempotencyKey.optional(),
  priority: z.enum(JOB_PRIORITIES).optional(),
  delayMs: z.number().int().min(0).max(LIMITS.jobDelayMs).optional(),
  after: z.array(jobId).min(1).max(LIMITS.jobPredecessors).optional(),
})

export const jobFilter = z.object({
  status: z.array(jobStatus).min(1).optional(),
  kind: jobKind.optional(),
  fileId: fileId.optional(),
  cursor: cursor.optional(),
  limit: z.number().int().min(1).max(LIMITS.jobsPageSize).default(50),
})
