import type { JobStage } from '@bellhop/model'
import type { z } from 'zod'
import type { KindRun } from './kind-run.ts'

/** A kind of job of a team's own: what it takes and gives, its bounds, and what runs. */
export interface Kind<
  Name extends string = string,
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> {
  /** `team.noun`: lower-case letters, digits and hyphens, at most 64 characters, and not the name of a kind of Bellhop's. */
  readonly name: Name
  /**
   * A whole number from 1. Raise it when `input` changes in a way that an older worker cannot read: no worker takes jobs of
   * a version above its own. It must still read the inputs of the versions before, of which jobs may be waiting.
   */
  readonly version: number
  /** What is submitted, 64 KiB as JSON at most. A `fileId` in it (`fileIdSchema`) makes the job one about that file. */
  readonly input: Input
  /** What `run` returns, 1 MiB as JSON at most; it is parsed before the job is COMPLETED. */
  readonly output: Output
  readonly limits?: KindLimits
  /** What the work consists of, in order, at most 32: `run` then tells of it with `advance`, and its end is foretold better. */
  readonly stages?: readonly JobStage[]
  /**
   * Throws JobInputError when the input itself is at fault: then the job FAILS for good, with its sentence for people. After
   * any other error it is tried again, `limits.tries` times in all.
   */
  run(job: KindRun<z.output<Input>>): Promise<z.input<Output>>
}

export interface KindLimits {
  /** An attempt that runs longer is stopped, and the job FAILS for good. 1 s to 24 h; default 5 min. */
  readonly timeoutMs?: number
  /** Of the JavaScript heap of the process that runs an attempt; buffers lie outside it. 32 to 16,384; default 512. */
  readonly memoryMib?: number
  /** Attempts in all, before a job FAILS for good. 1 to 10; default 3. */
  readonly tries?: number
  /** Jobs of this kind that run at once, over all workers. 1 to 1,000; default: as many as there is room for. */
  readonly maxRunning?: number
}

/** The default export of a file in the kinds folder. It says what types there are, and does nothing else. */
export function defineKind<const Name extends string, Input extends z.ZodType, Output extends z.ZodType>(
  kind: Kind<Name, Input, Output>,
): Kind<Name, Input, Output> {
  return kind
}
