/** Where a download goes: a path (Node only), a web stream, or a stream of Node. */
export type DownloadTarget = string | WritableStream<Uint8Array> | NodeWritable

/** As much of Node's `Writable` as is needed, so that browsers need not know Node's types. */
export interface NodeWritable {
  write(chunk: Uint8Array, done: (error?: Error | null) => void): boolean
  end(done: () => void): unknown
}

export interface DownloadSink {
  /** Resolves when the bytes are taken, so that a slow target holds the download back. */
  write(chunk: Uint8Array): Promise<void>
  /** Forgets what was written; false where that cannot be. */
  restart(): Promise<boolean>
  /** Makes it whole and visible. */
  finish(): Promise<void>
  /** Leaves nothing behind. */
  discard(): Promise<void>
}

/** Bytes go to whoever reads the stream, so they cannot be taken back. */
export function webSink(stream: WritableStream<Uint8Array>): DownloadSink {
  const writer = stream.getWriter()
  return {
    write: (chunk) => writer.write(chunk),
    restart: () => Promise.resolve(false),
    finish: () => writer.close(),
    discard: () => writer.abort().catch(() => {}),
  }
}
