import type { z } from 'zod'
import type { RetryPolicy } from './retry-policy.ts'

/** What a job of one kind takes and gives. The contract only; `business` holds what runs. */
export interface JobKind<
  Name extends string = string,
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> {
  readonly name: Name
  /** Raised when `input` changes in a way that an older worker cannot read. A worker takes only versions it knows. */
  readonly version: number
  readonly input: Input
  readonly output: Output
  /** An attempt that runs longer is stopped and FAILS. */
  readonly timeoutMs: number
  /** What is not said is as usual: three tries, 2 s and 8 s apart. */
  readonly retries?: Partial<RetryPolicy>
  /** Jobs of this kind that run at once in the whole cluster; without: as many as there is room for. */
  readonly maxRunning?: number
  /** What its work consists of, in order. Without them `run` tells a fraction of the whole. */
  readonly stages?: readonly JobStage[]
  /**
   * Media types of the files that it is about. Its jobs then take the workspace's default preset of it where they name none,
   * and such a preset starts one for every file of these types that arrives.
   */
  readonly accepts?: RegExp
}

/** One part of the work of a kind. */
export interface JobStage {
  readonly name: string
  /** How long it takes in a usual run, in relation to the others. */
  readonly weight: number
  /** What is counted in it, for people to read: `bytes`, `columns`. Without: only how much of it is done. */
  readonly unit?: string
}

export function jobKind<const Name extends string, Input extends z.ZodType, Output extends z.ZodType>(
  kind: JobKind<Name, Input, Output>,
): JobKind<Name, Input, Output> {
  return kind
}
