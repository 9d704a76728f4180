import { AppError, ERRORS } from '@bellhop/model'
import type { FileId, JobId, UploadId } from '@bellhop/model'
import { TRPCError, initTRPC, tracked } from '@trpc/server'
import { z } from 'zod'
import type { PartToSign, StartUpload } from '../../src/upload/upload-port.ts'
import type { Jobs } from './jobs.ts'
import type { Uploads } from './uploads.ts'

export const API_KEY = 'bh_test'

interface Context {
  readonly apiKey: string | undefined
}

/** As much of the server's router as the tests call, in the server's form. */
export function routerOf(uploads: Uploads, jobs: Jobs) {
  const t = initTRPC.context<Context>().create({
    sse: { ping: { enabled: true, intervalMs: 1_000 } },
    errorFormatter: ({ shape, error }) => {
      const { cause } = error
      const app = cause instanceof AppError ? cause : undefined
      return {
        ...shape,
        data: {
          ...shape.data,
          appCode: app?.code ?? 'INTERNAL',
          sentence: shape.message,
          retryable: app?.retryable ?? true,
          requestId: 'req_1',
          details: app?.details,
        },
      }
    },
  })
  const procedure = t.procedure.use(async ({ ctx, next }) => {
    if (ctx.apiKey !== API_KEY) throw asTrpc(new AppError('UNAUTHENTICATED'))
    const result = await next()
    if (!result.ok && result.error.cause instanceof AppError) throw asTrpc(result.error.cause)
    return result
  })
  const any = <T>() => z.custom<T>()
  const byUpload = any<{ uploadId: UploadId }>()
  const byJob = any<{ jobId: JobId; lastEventId?: string }>()
  return t.router({
    uploads: t.router({
      start: procedure.input(any<StartUpload>()).mutation(({ input }) => uploads.start(input)),
      signParts: procedure
        .input(any<{ uploadId: UploadId; parts: PartToSign[] }>())
        .mutation(({ input }) => uploads.signParts(input)),
      renew: procedure
        .input(any<{ uploadId: UploadId; sha256?: string }>())
        .mutation(({ input }) => uploads.renew(input)),
      complete: procedure.input(byUpload).mutation(({ input }) => uploads.complete(input)),
      abort: procedure.input(byUpload).mutation(({ input }) => uploads.abort(input)),
      get: procedure.input(byUpload).query(({ input }) => uploads.get(input)),
    }),
    downloads: t.router({
      start: procedure
        .input(any<{ id: FileId; renews?: string }>())
        .mutation(({ input }) => uploads.download(input.id, input.renews)),
    }),
    files: t.router({
      digests: procedure
        .input(any<{ fileId: FileId }>())
        .query(({ input }) => uploads.digests.get(input.fileId) ?? null),
    }),
    jobs: t.router({
      submit: procedure
        .input(any<{ kind: string; input: unknown; idempotencyKey?: string }>())
        .mutation(({ input }) => jobs.submit(input)),
      get: procedure.input(byJob).query(({ input }) => jobs.detail(input.jobId)),
      watch: procedure.input(byJob).subscription(async function* ({ input, signal }) {
        try {
          const since = input.lastEventId === undefined ? -1 : Number(input.lastEventId)
          for await (const job of jobs.watch(input.jobId, since, signal)) yield tracked(String(job.version), job)
        } catch (error) {
          throw error instanceof AppError ? asTrpc(error) : error
        }
      }),
    }),
  })
}

function asTrpc(cause: AppError): TRPCError {
  return new TRPCError({ code: ERRORS[cause.code].status, message: cause.message, cause })
}
