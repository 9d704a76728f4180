import type { PartContent, UploadSource } from '../upload/source.ts'
import type { Slots } from '../slots.ts'
import type { DownloadSink, DownloadTarget } from '../download/sink.ts'

/** What differs between Node and browsers. `#platform` of package.json picks one. */
export interface Platform {
  /** Requests that carry parts of one upload at once. */
  readonly partsAtOnce: number
  /** Requests that carry parts at once, over all uploads of this process or page. */
  readonly connections: Slots
  /** Uploads that are under way at once; the others wait. */
  readonly uploads: Slots
  readonly openSource: (input: UploadInput, options: SourceOptions) => Promise<UploadSource>
  readonly putPart: PutPart
  readonly openSink: (target: DownloadTarget) => Promise<DownloadSink>
  /** The `EventSource` for the fall-back of subscriptions. */
  readonly eventSource: (headers: Readonly<Record<string, string>>) => EventSourceChoice
}

/** A path (Node only), a Blob or File, or a stream whose `sizeBytes` is told. */
export type UploadInput = string | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

export interface SourceOptions {
  readonly name?: string
  /** Needed for a stream, ignored otherwise. */
  readonly sizeBytes?: number
}

export interface PutRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly content: PartContent
  readonly sizeBytes: number
  /**
   * Ask the store before sending the body, where that can be. A store that refuses in the middle of a body closes the
   * connection, and the 403 that says why is lost with it. It costs a round trip: 10 to 25 % on loopback.
   */
  readonly askFirst: boolean
  /** Bytes of this request handed to the network so far. */
  readonly onSent: (sentBytes: number) => void
  readonly signal: AbortSignal
}

export interface PutAnswer {
  readonly status: number
  /** S3's code in the body of a refusal, such as `AccessDenied`. */
  readonly code: string | null
  readonly retryAfterMs: number | null
}

/** Rejects when the line breaks or the signal fires. Any answer resolves. */
type PutPart = (request: PutRequest) => Promise<PutAnswer>

export interface EventSourceChoice {
  readonly EventSource: typeof EventSource
  /** Headers cannot be set on a browser's own; then they travel as connection parameters. */
  readonly carriesHeaders: boolean
}
