import type { Download } from '@bellhop/model'
import { BellhopError } from '../bellhop-error.ts'
import type { ReadAnswer } from '../platform/read-range.ts'

/** Thrown when the object is no longer the one whose bytes were fetched before. */
export class ObjectChanged extends Error {
  override readonly name = 'ObjectChanged'
}

/** Thrown when a store cannot be asked for a part of an object, or not so that a change would be noticed. */
export class RangesIgnored extends Error {
  override readonly name = 'RangesIgnored'
}

/** What every answer must be about: the object that the first one was about, of the size that was promised. */
export class ObjectIdentity {
  readonly #object: Download
  #etag: string | null

  constructor(object: Download, etag: string | null = null) {
    this.#object = object
    this.#etag = etag
  }

  get etag(): string | null {
    return this.#etag
  }

  /** Throws ObjectChanged, or SIZE_MISMATCH. */
  expect(answer: ReadAnswer): void {
    const etag = answer.header('etag')
    if (etag !== null && this.#etag !== null && etag !== this.#etag) throw new ObjectChanged()
    const told = answer.status === 206 ? answer.header('content-range')?.split('/')[1] : answer.header('content-length')
    if (told && /^\d+$/.test(told)) this.expectSize(Number(told))
    this.#etag ??= etag
  }

  expectSize(foundBytes: number): void {
    const { name, sizeBytes } = this.#object
    if (foundBytes === sizeBytes) return
    throw new BellhopError(
      'SIZE_MISMATCH',
      `${name} has ${sizeBytes} bytes, but the object store has ${foundBytes} of it; upload it again.`,
    )
  }
}
