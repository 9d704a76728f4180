import type { JobId, JobKindName, JobOutput, JobRun, ParsedJobInput } from '@bellhop/model'
import type { Transaction } from '@bellhop/persistence'

/** What runs a job of one kind. The contract of its input and output stands in `@bellhop/model`. */
export interface Processor<K extends JobKindName> {
  readonly kind: K
  /**
   * Throws JobInputError when the file itself is at fault (no automatic retry), the signal's reason when it was aborted,
   * and any other error when another attempt may succeed. Nothing of it runs on after it has settled.
   */
  run(job: JobRun<ParsedJobInput<K>>): Promise<JobOutput<K>>
  /** What else becomes true with the job's COMPLETED, in its transaction. */
  readonly completed?: (tx: Transaction, input: ParsedJobInput<K>, output: JobOutput<K>, jobId: JobId) => Promise<void>
}

export function defineProcessor<const K extends JobKindName>(
  kind: K,
  run: Processor<K>['run'],
  completed?: Processor<K>['completed'],
): Processor<K> {
  return { kind, run, ...(completed ? { completed } : {}) }
}
