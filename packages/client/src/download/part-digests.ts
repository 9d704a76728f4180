import type { FileDigests } from '@bellhop/model'
import { BellhopError } from '../bellhop-error.ts'

/** Takes bytes as they come. */
export interface Sha256 {
  update(bytes: Uint8Array): unknown
  digest(): Uint8Array
}

const SHA256_BYTES = 32

/** What the parts of a file were when they were sent. */
export class PartDigests {
  readonly partSizeBytes: number
  readonly #sizeBytes: number
  readonly #sha256: Uint8Array

  /** Throws INTERNAL when they are not of a file of that size. */
  constructor({ sizeBytes, partSizeBytes, sha256 }: FileDigests, expectedBytes: number) {
    this.partSizeBytes = partSizeBytes
    this.#sizeBytes = sizeBytes
    this.#sha256 = Uint8Array.from(atob(sha256), (char) => char.codePointAt(0) ?? 0)
    const parts = Math.max(1, Math.ceil(sizeBytes / partSizeBytes))
    if (sizeBytes !== expectedBytes || this.#sha256.length !== parts * SHA256_BYTES) {
      throw new BellhopError('INTERNAL', "The server's checksums do not fit the file.")
    }
  }

  /** Counts from 1. */
  partAt(position: number): number {
    return Math.floor(position / this.partSizeBytes) + 1
  }

  endOf(part: number): number {
    return Math.min(this.#sizeBytes, part * this.partSizeBytes)
  }

  fits(part: number, digest: Uint8Array): boolean {
    const expected = this.#sha256.subarray((part - 1) * SHA256_BYTES, part * SHA256_BYTES)
    return expected.every((byte, at) => byte === digest[at])
  }
}
