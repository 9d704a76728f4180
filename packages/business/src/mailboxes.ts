import { Mailbox } from './mailbox.ts'
import type { Shortcut } from './mailbox.ts'

/** The open mailboxes of all who watch, by what they watch. */
export class Mailboxes<Watched, K, V> {
  readonly #open = new Map<Watched, Set<OpenMailbox<Watched, K, V>>>()
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** How many are open. */
  get size(): number {
    return [...this.#open.values()].reduce((sum, set) => sum + set.size, 0)
  }

  get watched(): Iterable<Watched> {
    return this.#open.keys()
  }

  has(watched: Watched): boolean {
    return this.#open.has(watched)
  }

  of(watched: Watched): Iterable<Mailbox<K, V>> {
    return this.#open.get(watched) ?? []
  }

  *all(): Iterable<Mailbox<K, V>> {
    for (const set of this.#open.values()) yield* set
  }

  /** Until it is disposed. */
  open(watched: Watched, shortcut?: Shortcut<V>): OpenMailbox<Watched, K, V> {
    const mailbox = new OpenMailbox(this, watched, this.#capacity, shortcut)
    const set = this.#open.get(watched) ?? new Set()
    this.#open.set(watched, set.add(mailbox))
    return mailbox
  }

  close(mailbox: OpenMailbox<Watched, K, V>): void {
    const set = this.#open.get(mailbox.watched)
    set?.delete(mailbox)
    if (set?.size === 0) this.#open.delete(mailbox.watched)
  }
}

class OpenMailbox<Watched, K, V> extends Mailbox<K, V> implements Disposable {
  readonly watched: Watched
  readonly #among: Mailboxes<Watched, K, V>

  constructor(among: Mailboxes<Watched, K, V>, watched: Watched, capacity: number, shortcut?: Shortcut<V>) {
    super(capacity, shortcut)
    this.#among = among
    this.watched = watched
  }

  [Symbol.dispose](): void {
    this.#among.close(this)
  }
}
