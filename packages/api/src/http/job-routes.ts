import * as business from '@bellhop/business'
import { AppError, LIMITS, isJobEnded } from '@bellhop/model'
import type { JobDetail, JobId, JobSnapshot } from '@bellhop/model'
import { z } from 'zod'
import { jobId } from '../input.ts'
import { idempotencyKey, jobFilter, jobToSubmit } from '../job-requests.ts'
import { jobAnswer, jobPath, notModified, retryAfterSeconds, tagOf, versionOf } from './job-answers.ts'
import { feedEvents, jobEvents, nextState } from './job-live.ts'
import { jobPage, jobSnapshot } from './job-schemas.ts'
import { route } from './route.ts'
import type { Route } from './route.ts'

const params = z.object({ jobId })
const version = z.coerce.number().int().nonnegative()
const STATE_HEADERS = {
  etag: 'The version of the job.',
  'retry-after': 'Seconds until it is worth asking again, from the estimate; absent once the job is over.',
}
const notFound = { description: 'There is no such job in this workspace.' }

export const JOB_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/jobs',
    operationId: 'submitJob',
    summary: 'Start a job. Answers at once; the work is done by a worker.',
    input: z.object({
      headers: z.object({
        'idempotency-key': idempotencyKey
          .optional()
          .describe('The same key with the same request answers the same job; with another request it is a conflict.'),
      }),
      body: jobToSubmit.omit({ idempotencyKey: true }).strict(),
    }),
    answers: {
      202: {
        description: 'Taken.',
        body: jobSnapshot,
        headers: { location: 'Where its state is told.', ...STATE_HEADERS },
      },
      400: { description: 'The kind is not known, or the input does not fit it.' },
      409: { description: 'The idempotency key was used for another request, or the file has not arrived yet.' },
    },
    async run({ ctx, input }) {
      const key = input.headers['idempotency-key']
      const job = await business.submitJob(ctx.call, { ...input.body, idempotencyKey: key })
      return jobAnswer(202, job, { location: jobPath(job) })
    },
  }),

  route({
    method: 'GET',
    path: '/v1/jobs',
    operationId: 'listJobs',
    summary: 'The jobs of the workspace, the newest first.',
    input: z.object({
      query: jobFilter.extend({ limit: z.coerce.number().int().min(1).max(LIMITS.jobsPageSize).default(50) }),
    }),
    answers: {
      200: { description: 'A page.', body: jobPage, headers: { link: 'The next page, where there is one.' } },
    },
    async run({ ctx, input }) {
      const page = await business.listJobs(ctx.call, input.query)
      return { status: 200, headers: nextPage(input.query, page.nextCursor), body: page }
    },
  }),

  route({
    method: 'GET',
    path: '/v1/jobs/events',
    operationId: 'feedJobs',
    summary: 'Server-Sent Events of every job of the workspace that is active or changes.',
    input: z.object({
      query: z.object({ after: z.string().max(200).optional().describe('As `Last-Event-ID`.') }),
      headers: z.object({ 'last-event-id': z.string().max(200).optional() }),
    }),
    answers: { 200: { description: 'Each event is a job; its id is a cursor.', events: true, body: jobSnapshot } },
    async run({ ctx, input }) {
      const cursor = input.headers['last-event-id'] ?? input.query.after
      return { events: (signal) => feedEvents(ctx, cursor, signal) }
    },
  }),

  route({
    method: 'GET',
    path: '/v1/jobs/{jobId}',
    operationId: 'getJob',
    summary: 'The state of a job. With `after`, a long-poll: held until there is a newer one.',
    input: z.object({
      params,
      query: z.object({
        after: version.optional().describe('The version that you have. Answers 304 while there is no newer one.'),
        wait: z.coerce
          .number()
          .min(0)
          .max(LIMITS.longPollMs / 1000)
          .default(0)
          .describe('Seconds to hold the request while there is nothing newer than `after`.'),
      }),
      headers: z.object({ 'if-none-match': z.string().max(200).optional() }),
    }),
    answers: {
      200: { description: 'The state.', body: jobSnapshot, headers: STATE_HEADERS },
      303: {
        description: 'The job is COMPLETED, and `after` was not given: the result is elsewhere.',
        body: jobSnapshot,
        headers: { location: 'Of the result.', etag: STATE_HEADERS.etag },
      },
      304: { description: 'Nothing is newer than what you have.', headers: { etag: STATE_HEADERS.etag } },
      404: notFound,
    },
    async run({ ctx, input: { params: at, query, headers }, signal }) {
      const known = query.after ?? versionOf(headers['if-none-match'])
      if (known === undefined || (query.wait === 0 && query.after === undefined)) {
        const job = await business.snapshotOf(ctx.call, at.jobId)
        if (job.status === 'COMPLETED') return jobAnswer(303, job, { location: `${jobPath(job)}/result` })
        return job.version === known ? notModified(job.version) : jobAnswer(200, job)
      }
      const job = await nextState(ctx, { ...at, after: known, waitMs: query.wait * 1000 }, signal)
      return job ? jobAnswer(200, job) : notModified(known)
    },
  }),

  route({
    method: 'DELETE',
    path: '/v1/jobs/{jobId}',
    operationId: 'cancelJob',
    summary: 'Cancel a job. A waiting one ends at once; a running one when everything of it has stopped.',
    input: z.object({ params }),
    answers: {
      200: { description: 'It is CANCELLED.', body: jobSnapshot, headers: STATE_HEADERS },
      202: { description: 'It is being stopped.', body: jobSnapshot, headers: STATE_HEADERS },
      404: notFound,
      409: { description: 'It has ended otherwise.' },
    },
    async run({ ctx, input }) {
      const job = await business.cancelJob(ctx.call, input.params)
      return jobAnswer(isJobEnded(job.status) ? 200 : 202, job)
    },
  }),

  route({
    method: 'GET',
    path: '/v1/jobs/{jobId}/events',
    operationId: 'watchJob',
    summary: 'Server-Sent Events of one job until it ends.',
    input: z.object({
      params,
      query: z.object({ after: version.optional().describe('As `Last-Event-ID`.') }),
      headers: z.object({ 'last-event-id': z.coerce.number().int().nonnegative().optional() }),
    }),
    answers: {
      200: { description: 'Each event is a state; its id is the version.', events: true, body: jobSnapshot },
      204: { description: 'The job has ended, and you have seen it.' },
      404: notFound,
    },
    async run({ ctx, input: { params: at, query, headers } }) {
      const after = headers['last-event-id'] ?? query.after ?? 0
      const job = await business.snapshotOf(ctx.call, at.jobId)
      if (isJobEnded(job.status) && job.version <= after) return { status: 204 }
      return { events: (signal) => jobEvents(ctx, { ...at, after }, signal) }
    },
  }),

  route({
    method: 'GET',
    path: '/v1/jobs/{jobId}/result',
    operationId: 'getJobResult',
    summary: 'What a COMPLETED job gave: the output of its kind.',
    input: z.object({ params }),
    answers: {
      200: { description: 'The output.', headers: { etag: STATE_HEADERS.etag } },
      404: notFound,
      409: { description: 'The job is not COMPLETED.', headers: { 'retry-after': STATE_HEADERS['retry-after'] } },
    },
    async run({ ctx, input }) {
      const job: JobDetail = await business.getJob(ctx.call, input.params)
      if (job.status !== 'COMPLETED') throw notCompleted(job)
      return {
        status: 200,
        headers: { etag: tagOf(job.version), 'cache-control': 'private, no-cache' },
        body: job.output,
      }
    },
  }),

  route({
    method: 'POST',
    path: '/v1/jobs/{jobId}/retry',
    operationId: 'retryJob',
    summary: 'Start a job again that FAILED.',
    input: z.object({ params }),
    answers: {
      202: {
        description: 'It waits to be processed.',
        body: jobSnapshot,
        headers: { location: 'Where its state is told.', ...STATE_HEADERS },
      },
      404: notFound,
      409: { description: 'It did not FAIL.' },
    },
    async run({ ctx, input }) {
      const job = await business.retryJob(ctx.call, input.params)
      return jobAnswer(202, job, { location: jobPath(job) })
    },
  }),
]

function notCompleted(job: JobSnapshot & { readonly id: JobId }): AppError {
  if (isJobEnded(job.status)) return new AppError('JOB_NOT_COMPLETED', `The job is ${job.status}, so it has no result.`)
  return new AppError('JOB_NOT_COMPLETED', `The job is ${job.status}; ask for its result when it is COMPLETED.`, {
    details: { retryAfterSeconds: retryAfterSeconds(job, Date.now()) },
  })
}

function nextPage(query: z.output<typeof jobFilter>, nextCursor: string | null): Readonly<Record<string, string>> {
  if (nextCursor === null) return {}
  const next = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...query, cursor: nextCursor })) {
    for (const each of [value].flat()) if (each !== undefined) next.append(name, String(each))
  }
  return { link: `</v1/jobs?${next.toString()}>; rel="next"` }
}
