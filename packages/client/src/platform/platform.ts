import type { FileMemory } from '../journal/file-memory.ts'
import type { UploadJournal } from '../journal/upload-journal.ts'
import type { Slots } from '../slots.ts'
import type { Lanes } from '../upload/lanes.ts'
import type { PartContent, UploadSource } from '../upload/source.ts'
import type { Sha256 } from '../download/part-digests.ts'
import type { ReadRange } from './read-range.ts'
import type { DownloadSink, DownloadTarget } from '../download/sink.ts'

/** What differs between Node and browsers. `#platform` of package.json picks one. */
export interface Platform {
  /** Requests that carry parts at once, over all uploads of this process or page. */
  readonly lanes: Lanes
  /** The same of downloads. */
  readonly downloadLanes: Lanes
  /** Files are cut into parts of at least that. */
  readonly minPartBytes: number
  /** Uploads that are under way at once, by weight (`uploadWeight`); the others wait. */
  readonly uploads: Slots
  /** Without opening it. Null: nobody knows, or it cannot be had. */
  readonly sizeOf: (input: UploadInput, options: SourceOptions) => Promise<number | null>
  /** Where uploads are noted that outlive this process or page; null where only the caller can say. */
  readonly journal: UploadJournal | null
  readonly memory: FileMemory
  readonly openSource: (input: UploadInput, options: SourceOptions) => Promise<UploadSource>
  readonly putPart: PutPart
  readonly readRange: ReadRange
  /** Null where bytes cannot be hashed as they come. */
  readonly openSha256: (() => Sha256) | null
  readonly openSink: (target: DownloadTarget) => Promise<DownloadSink>
  /** The `EventSource` for the fall-back of subscriptions. */
  readonly eventSource: (headers: Readonly<Record<string, string>>) => EventSourceChoice
}

/**
 * A path (Node only), a Blob or File, the handle of a file that a page was given (its upload can go on after a reload without
 * picking the file again), or a stream.
 */
export type UploadInput = string | Blob | FileSystemFileHandle | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

export interface SourceOptions {
  readonly name?: string
  /** Of a stream, where it is known. Ignored otherwise. */
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
  /** Of what was stored; null where a page may not read it. */
  readonly etag: string | null
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
