import { toByteString } from './object-key.ts'

/** The keys of a bucket in UTF-8 byte order, as byte strings. */
export class KeyIndex {
  readonly #keys: string[]

  constructor(keys: Iterable<string>) {
    this.#keys = Array.from(keys, toByteString).toSorted(byCodeUnit)
  }

  get size(): number {
    return this.#keys.length
  }

  set(key: string, present: boolean): void {
    const bytes = toByteString(key)
    const at = this.#firstAtLeast(bytes)
    const found = this.#keys[at] === bytes
    if (present && !found) this.#keys.splice(at, 0, bytes)
    if (!present && found) this.#keys.splice(at, 1)
  }

  /** The first key that is not less than `bytes`, skipping those that start with `skipPrefix`. */
  *from(bytes: string): Generator<string, void, string | undefined> {
    let at = this.#firstAtLeast(bytes)
    for (let key = this.#keys[at]; key !== undefined; key = this.#keys[at]) {
      const next = yield key
      at = next === undefined ? at + 1 : this.#firstAtLeast(next)
    }
  }

  #firstAtLeast(bytes: string): number {
    let [low, high] = [0, this.#keys.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#keys[middle] ?? '') < bytes) low = middle + 1
      else high = middle
    }
    return low
  }
}

function byCodeUnit(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
