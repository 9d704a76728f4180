import type { z } from 'zod'

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
}

export function jobKind<const Name extends string, Input extends z.ZodType, Output extends z.ZodType>(
  kind: JobKind<Name, Input, Output>,
): JobKind<Name, Input, Output> {
  return kind
}
