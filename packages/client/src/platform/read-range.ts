interface ReadRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

export interface ReadAnswer {
  readonly status: number
  /** Null when it is absent, or not to be seen by a page. */
  header(name: string): string | null
  /** To be read once. Throws when the line breaks. */
  readonly body: AsyncIterable<Uint8Array>
  /** Of a body that is not read, or not to its end. */
  cancel(): Promise<void>
}

/** Asks the store for bytes. Rejects when the line breaks or the signal fires. Any answer resolves. */
export type ReadRange = (request: ReadRequest) => Promise<ReadAnswer>
