import type { JobRun } from '@bellhop/model'

/** What a child process says to the worker that started it. The last three end it. */
export type ChildMessage<Result> =
  | { readonly type: 'progress'; readonly fraction: number; readonly stage: string }
  | {
      readonly type: 'advance'
      readonly stage: string
      readonly done: number | undefined
      readonly total: number | undefined
    }
  /** What the process and those it has waited for have used so far. */
  | { readonly type: 'cpu'; readonly seconds: number }
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'ask'; readonly id: number; readonly request: unknown }
  | { readonly type: 'done'; readonly result: Result }
  | { readonly type: 'input-error'; readonly code: string; readonly sentence: string }
  | { readonly type: 'error'; readonly message: string; readonly stack: string | undefined }

/** What the worker says to its child after the task. `news` come before the answer to what was asked under that id. */
export type WorkerMessage =
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'refusal'; readonly id: number; readonly code: string | null; readonly sentence: string }
  | { readonly type: 'news'; readonly id: number; readonly news: unknown }
  | { readonly type: 'stop' }

type ReportProgress = (fraction: number, stage: string) => void

/** How a child tells how far it is: as the job's `run` does. */
export interface ChildReport {
  readonly progress: ReportProgress
  readonly advance: ReportAdvance
}

export type ReportAdvance = JobRun<unknown>['advance']
