import process from 'node:process'
import { AppError, JobInputError, LIMITS, fileIdSchema } from '@bellhop/model'
import type { JobRun } from '@bellhop/model'
import { z } from 'zod'
import { describeFaults } from '../input-faults.ts'
import { runInChild } from '../processors/child/run-in-child.ts'
import type { AnyProcessor } from '../processors/registry.ts'
import type { DownloadNews, KindTask } from './kind-message.ts'
import type { OwnKind } from './own-kind.ts'

const ENTRY = new URL('kind-child.ts', import.meta.url)
/** From the abort to the kill: for what a kind has set going elsewhere. */
const GRACE_MS = 1_000
const BYTES_EVERY_MS = 100

/** Runs jobs of a team's own kind, each in a process of its own that reaches the store through this one only. */
export function ownKindProcessor(kind: OwnKind): AnyProcessor {
  return {
    async run(job) {
      const { input, scratchDir, signal } = job
      const output = await runInChild<KindTask, unknown>({
        entry: ENTRY,
        task: { path: kind.path, input, scratchDir, workerPid: process.pid },
        scratchDir,
        signal,
        heapMib: kind.memoryMib,
        graceMs: GRACE_MS,
        job,
        log: job.log,
        answer: (request, tell) => answer(job, requestSchema.parse(request), tell),
      }).catch((error: unknown) => {
        throw outOfMemory(kind, error) ?? error
      })
      return parseOutput(kind, output)
    },
  }
}

const path = z.string()
const requestSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('download'), fileId: fileIdSchema, path, tellsBytes: z.boolean() }),
  z.object({
    type: z.literal('put'),
    output: z.object({
      role: z.string().min(1).max(100),
      name: z.string().min(1).max(LIMITS.fileNameChars),
      mediaType: z.string().min(1).max(255),
      body: z.object({ path }),
      width: z.number().int().positive().optional(),
      height: z.number().int().positive().optional(),
    }),
  }),
])

function answer(
  { objects, input }: JobRun<unknown>,
  request: z.infer<typeof requestSchema>,
  tell: (news: unknown) => void,
): Promise<unknown> {
  if (request.type === 'download') {
    return objects.download(request.fileId, request.path, request.tellsBytes ? atMost(tell) : undefined)
  }
  if (!isAboutFile(input)) {
    throw new AppError('INVALID_INPUT', 'Outputs belong to the file that the input names as `fileId`; it names none.')
  }
  const { width, height, ...output } = request.output
  return objects.put({
    ...output,
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
  })
}

function isAboutFile(input: unknown): boolean {
  return z.object({ fileId: fileIdSchema }).safeParse(input).success
}

function atMost(tell: (news: unknown) => void): (receivedBytes: number, ofBytes: number) => void {
  let toldAt = Number.NEGATIVE_INFINITY
  return (receivedBytes, ofBytes) => {
    if (performance.now() - toldAt < BYTES_EVERY_MS && receivedBytes < ofBytes) return
    toldAt = performance.now()
    tell({ receivedBytes, ofBytes } satisfies DownloadNews)
  }
}

/** A wrong output is a fault of the kind: trying the same again gives the same. */
function parseOutput({ name, version, output }: OwnKind, value: unknown): unknown {
  const chars = JSON.stringify(value).length
  if (chars > LIMITS.jobOutputBytes) {
    const sentence = `What ${name}@${version} gave is longer than 1 MiB; it should put such data into an output file.`
    throw new JobInputError('OUTPUT_INVALID', sentence)
  }
  const parsed = output.safeParse(value)
  if (parsed.success) return parsed.data
  const faults = describeFaults(parsed.error).join(' ')
  throw new JobInputError(
    'OUTPUT_INVALID',
    `What ${name}@${version} gave does not fit its own schema, which its maintainers must mend. ${faults}`,
  )
}

function outOfMemory({ memoryMib }: OwnKind, error: unknown): JobInputError | undefined {
  if (!(error instanceof Error) || !error.message.includes('JavaScript heap out of memory')) return undefined
  const sentence = `The job needs more memory than its kind may have (${memoryMib} MiB). A smaller input may pass.`
  return new JobInputError('OUT_OF_MEMORY', sentence, { cause: error })
}
