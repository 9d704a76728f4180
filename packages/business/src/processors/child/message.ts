/** What a child process says to the worker that started it. The last three end it. */
export type ChildMessage<Result> =
  | { readonly type: 'progress'; readonly fraction: number; readonly stage: string }
  | { readonly type: 'done'; readonly result: Result }
  | { readonly type: 'input-error'; readonly code: string; readonly sentence: string }
  | { readonly type: 'error'; readonly message: string; readonly stack: string | undefined }

export type ReportProgress = (fraction: number, stage: string) => void
