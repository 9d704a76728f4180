import * as business from '@bellhop/business'
import { LIMITS } from '@bellhop/model'
import { tracked } from '@trpc/server'
import { z } from 'zod'
import { jobId, lastEventId } from './input.ts'
import { jobFilter, jobToSubmit } from './job-requests.ts'
import { subscribe } from './live-feed.ts'
import { writing } from './own-writes.ts'
import { directProcedure, procedure, router } from './trpc.ts'

export const jobs = router({
  submit: writing.input(jobToSubmit).mutation(({ ctx, input }) => business.submitJob(ctx.call, input)),
  get: procedure.input(z.object({ jobId })).query(({ ctx, input }) => business.getJob(ctx.call, input)),
  list: procedure.input(jobFilter).query(({ ctx, input }) => business.listJobs(ctx.call, input)),
  cancel: writing.input(z.object({ jobId })).mutation(({ ctx, input }) => business.cancelJob(ctx.call, input)),
  retry: writing.input(z.object({ jobId })).mutation(({ ctx, input }) => business.retryJob(ctx.call, input)),

  /** Where waiting jobs stand in the line now; it changes without a new version of theirs. */
  queue: procedure
    .input(z.object({ jobIds: z.array(jobId).min(1).max(LIMITS.queuePlacesAsked) }))
    .query(({ ctx, input }) => business.queuePlaces(ctx.call, input)),
  /** What the job has said since the line `after`. */
  log: procedure
    .input(z.object({ jobId, after: z.number().int().min(0).optional() }))
    .query(({ ctx, input }) => business.getJobLog(ctx.call, input)),
  /** Each line of a job's log as it comes, until the job ends. `lastEventId` is the number of the line that was seen last. */
  logFeed: procedure.input(z.object({ jobId, lastEventId })).subscription(({ ctx, input, signal = NEVER }) => {
    const after = Number(input.lastEventId ?? 0) || 0
    const feed = (until: AbortSignal) => business.followJobLog(ctx.call, { jobId: input.jobId, after }, until)
    return subscribe(ctx, feed, signal, (step) => tracked(String(step.seq), step))
  }),

  /** One job until it ends. `lastEventId` is the version that was seen last. */
  watch: procedure.input(z.object({ jobId, lastEventId })).subscription(({ ctx, input, signal = NEVER }) => {
    const after = Number(input.lastEventId ?? 0) || 0
    const feed = (until: AbortSignal) => business.watchJob(ctx.call, { jobId: input.jobId, after }, until)
    return subscribe(ctx, feed, signal, (job) => tracked(String(job.version), job))
  }),

  /** Every job of the workspace that is active or changes. */
  feed: directProcedure.input(z.object({ lastEventId }).optional()).subscription(({ ctx, input, signal = NEVER }) => {
    const cursor = input?.lastEventId ?? undefined
    const { shortcut } = ctx
    const straight = shortcut && ((item: business.FeedItem) => shortcut({ id: item.cursor, data: item.job }))
    const feed = (until: AbortSignal) => business.feedJobs(ctx.call, { cursor }, until, straight)
    return subscribe(ctx, feed, signal, toldOf)
  }),
})

function toldOf({ cursor, job }: business.FeedItem) {
  return tracked(cursor, job)
}

/** tRPC always gives a subscription its signal; its type does not say so. */
const NEVER = new AbortController().signal
