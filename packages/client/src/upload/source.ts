/** Where the bytes come from. */
export interface UploadSource {
  /** As the person knows it; the server cleans it. */
  readonly name: string
  /** Empty when the source does not know. */
  readonly mediaType: string
  readonly sizeBytes: number
  /** Whole parts are held in memory, so that fewer may be in flight when parts are large. */
  readonly buffered: (partSizeBytes: number) => boolean
  /**
   * Reads and hashes one part. May be asked again for the same part until that is released.
   * Throws SOURCE_CHANGED or SOURCE_UNREADABLE.
   */
  prepare(range: PartRange, signal: AbortSignal): Promise<PreparedPart>
  close(): Promise<void>
}

export interface PartRange {
  readonly number: number
  readonly offset: number
  readonly sizeBytes: number
}

export interface PreparedPart {
  /** Lower-case hex; null where hashing is not to be had (a page that is no secure context) or too large. */
  readonly sha256: string | null
  readonly content: PartContent
  /** Throws SOURCE_CHANGED when `content` would no longer yield what was hashed. */
  check(): Promise<void>
  /** Gives the memory back. */
  release(): void
}

export type PartContent =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'blob'; readonly blob: Blob }
  | { readonly kind: 'stream'; readonly open: () => AsyncIterable<Uint8Array> }
