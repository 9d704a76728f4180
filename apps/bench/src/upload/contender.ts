import type { FileId } from '@bellhop/model'

/** One way to get a file into the store. */
export interface Contender {
  send(job: Job): Promise<Sent>
}

export interface Job {
  readonly path: string
  readonly sizeBytes: number
  /** Where it goes, unless the contender lets Bellhop say. */
  readonly objectKey: string
  /** Awaited when the client is there and lacks nothing but the file. */
  readonly onReady: () => Promise<void>
  readonly signal: AbortSignal
}

export interface Sent {
  /** From handing over the file until the client says that it is done, by the clock of the client. */
  readonly seconds: number
  /** What was made of it, where that is a file of Bellhop. */
  readonly fileId?: FileId
  /** Of all processes of the client at once; 0 where the machine does not tell. */
  readonly peakBytes: number
}
