import { retryPolicyOf } from '@bellhop/model'
import type { JobPart } from '@bellhop/model'
import { listParts } from '@bellhop/persistence'
import type { JobRow, NewJob } from '@bellhop/persistence'
import type { Platform } from './platform.ts'

/** Thrown to end an attempt whose job waits for its parts. What it still has to make is in it. */
export class WaitsForParts extends Error {
  override readonly name = 'WaitsForParts'
  readonly stage: string
  readonly parts: readonly NewJob[]

  constructor(stage: string, parts: readonly NewJob[]) {
    super('The attempt ends here; the job goes on when its parts are done.')
    this.stage = stage
    this.parts = parts
  }
}

/** The outputs of the parts, where all are done; otherwise it throws what ends the attempt. */
export async function outputsOfParts(
  platform: Platform,
  job: JobRow,
  stage: string,
  parts: readonly JobPart[],
): Promise<unknown[]> {
  const before = await listParts(platform.database.db, job.id)
  if (before.length === 0)
    throw new WaitsForParts(
      stage,
      parts.map((part) => newPart(platform, job, part)),
    )
  if (before.some(({ status }) => status !== 'COMPLETED')) throw new WaitsForParts(stage, [])
  return before.map(({ output }) => output)
}

function newPart({ kinds }: Platform, job: JobRow, { kind: name, input, weight }: JobPart): NewJob {
  const kind = kinds.kindOf(name)
  if (!kind) throw new Error(`There is no kind ${name} for a part of ${job.id}.`)
  const { workspaceId, fileId, createdBy, priority } = job
  if (createdBy === null) throw new Error(`Nobody has asked for ${job.id}, so nobody asks for its parts.`)
  return {
    workspaceId,
    fileId,
    createdBy,
    kind: kind.name,
    kindVersion: kind.version,
    input: kind.input.parse(input),
    maxAttempts: retryPolicyOf(kind).tries,
    order: { priority, delayMs: 0, after: [] },
    part: { of: job.id, weight },
  }
}
