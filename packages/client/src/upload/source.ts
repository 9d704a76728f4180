/** Where the bytes come from. */
export interface UploadSource {
  /** As the person knows it; the server cleans it. */
  readonly name: string
  /** Empty when the source does not know. */
  readonly mediaType: string
  /** Null: a stream whose length shows when it ends. */
  readonly sizeBytes: number | null
  /** When the file was last written, in ms since 1970; null where nobody knows. */
  readonly lastModifiedMs: number | null
  /** False for a stream: what was read and not stored is lost, so nobody can go on with its upload later. */
  readonly rereadable: boolean
  /** Whole parts are held in memory, so that fewer may be in flight when parts are large. */
  readonly buffered: (partSizeBytes: number) => boolean
  /** What tells this file from another at a glance (`fingerprint.ts`); null where that cannot be had. */
  fingerprint(signal: AbortSignal): Promise<string | null>
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
  /** Of a stream of unknown length: at most that many. */
  readonly sizeBytes: number
}

export interface PreparedPart {
  readonly sizeBytes: number
  /** Nothing follows it. Told by streams of unknown length. */
  readonly last?: boolean
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
