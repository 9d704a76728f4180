import { JOB_PRIORITIES, JOB_STATUSES } from '@bellhop/model'
import type { JobSnapshot } from '@bellhop/model'
import { z } from 'zod'
import { fileId, jobId } from '../input.ts'

const instant = z.iso.datetime()
const whole = z.number().int().nonnegative()

/** The envelope as a schema. Where it and the model differ, this does not compile. */
export const jobSnapshot = z
  .strictObject({
    id: jobId,
    kind: z.string(),
    fileId: fileId.nullable(),
    fileName: z.string().nullable(),
    status: z.enum(JOB_STATUSES),
    version: whole.describe('Rises with every change. Give it back as `after`, `If-None-Match` or `Last-Event-ID`.'),
    priority: z.enum(JOB_PRIORITIES),
    waitingFor: z.enum(['turn', 'time', 'jobs', 'slot']).nullable().describe('What a PENDING job waits for.'),
    attempt: whole,
    maxAttempts: whole,
    progress: z.number().min(0).max(1),
    stage: z.string().nullable(),
    work: z
      .strictObject({ done: z.number(), total: z.number(), unit: z.string() })
      .nullable()
      .describe('What is done of the stage, where it counts something.'),
    eta: instant.nullable().describe('When it is expected to end: as likely before as after.'),
    etaLate: instant.nullable().describe('By when nine of ten such jobs have ended.'),
    queue: z
      .strictObject({ place: whole, ofHowMany: whole, expectedStart: instant.nullable() })
      .nullable()
      .describe('Where it waits. Advisory: it changes without a new version.'),
    cancelling: z.boolean(),
    error: z.object({ code: z.string(), sentence: z.string() }).nullable(),
    createdAt: instant,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
    retryAt: instant.nullable().describe('A failed attempt is tried again by itself then.'),
  })
  .meta({ id: 'Job' }) satisfies z.ZodType<JobSnapshot>

export const jobPage = z.object({
  items: z.array(jobSnapshot),
  counts: z.record(z.enum(JOB_STATUSES), whole).describe('Of the whole workspace.'),
  nextCursor: z.string().nullable(),
})

export const problemBody = z
  .object({
    type: z.string(),
    title: z.string(),
    status: whole,
    detail: z.string().describe('What happened, why, and what to do.'),
    code: z.string().describe('What a program switches on; docs/errors.md lists them.'),
    sentence: z.string().describe('The same as `detail`, as every other transport names it.'),
    retryable: z.boolean().describe('The same request may succeed later, unchanged.'),
    requestId: z.string().describe('Stands beside the cause in the log of the server.'),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Problem' })
