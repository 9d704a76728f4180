import type { BegunDownload } from './begun-download.ts'

/** Where a download goes: a path (Node only), a web stream, or a stream of Node. */
export type DownloadTarget = string | WritableStream<Uint8Array> | NodeWritable

/** As much of Node's `Writable` as is needed, so that browsers need not know Node's types. */
export interface NodeWritable {
  write(chunk: Uint8Array, done: (error?: Error | null) => void): boolean
  end(done: () => void): unknown
}

export type DownloadSink = StreamSink | FileSink

/** Bytes go in order to whoever reads the stream, and cannot be taken back. */
export interface StreamSink {
  readonly kind: 'stream'
  /** Resolves when the bytes are taken, so that a slow target holds the download back. */
  write(chunk: Uint8Array): Promise<void>
  finish(): Promise<void>
  discard(): Promise<void>
}

/** Bytes are written aside, in any order; the path holds what it held before, or the whole download. */
export interface FileSink {
  readonly kind: 'file'
  /** What a download that was broken off left here; null: nothing that could be gone on with. */
  readonly left: BegunDownload | null
  /** Forgets what was left or written, and makes the file as long as it will be. */
  begin(sizeBytes: number): Promise<void>
  write(chunk: Uint8Array, position: number): Promise<void>
  /** Of what was written before. */
  read(position: number, length: number): Promise<Uint8Array>
  /** What is noted is on the disk, also after a power cut. */
  note(begun: BegunDownload): Promise<void>
  /** Makes it whole and visible. */
  finish(): Promise<void>
  /** Leaves what was written, for the next download to go on with. */
  keep(): Promise<void>
  /** Leaves nothing behind. */
  discard(): Promise<void>
}

export function webSink(stream: WritableStream<Uint8Array>): StreamSink {
  const writer = stream.getWriter()
  return {
    kind: 'stream',
    write: (chunk) => writer.write(chunk),
    finish: () => writer.close(),
    discard: () => writer.abort().catch(() => {}),
  }
}
