import type { NewOutput } from '@bellhop/model'

/** What the process of a kind is started with. */
export interface KindTask {
  readonly path: string
  /** As it was stored; the process parses it with the kind's own schema. */
  readonly input: unknown
  readonly scratchDir: string
  /** Whose death ends it. */
  readonly workerPid: number
}

/** What `run` asks the worker for. Bytes stay in the scratch folder: only paths are sent. */
export type KindRequest =
  | { readonly type: 'download'; readonly fileId: string; readonly path: string; readonly tellsBytes: boolean }
  | { readonly type: 'put'; readonly output: Omit<NewOutput, 'body'> & { readonly body: { readonly path: string } } }

/** Of a download that is under way. */
export interface DownloadNews {
  readonly receivedBytes: number
  readonly ofBytes: number
}
