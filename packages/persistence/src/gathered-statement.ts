import type { Executor } from './database.ts'
import { isDatabaseAway } from './database-errors.ts'

/** What one statement takes; of more, the rest waits for the next. */
const MAX_ITEMS = 64

/** Whose item it is, and whose answer. */
interface Owned {
  readonly token: string
}

interface Waiting<Item, Answer> {
  readonly item: Item
  resolve(answer: Answer | undefined): void
  reject(cause: unknown): void
}

/**
 * One statement for what many ask at once: while one is under way, what comes is gathered for the next. So nobody waits
 * who is alone, and the way to the database, the commit and the statement triggers are paid once for many. Undefined: the
 * statement had no answer for this item.
 *
 * What the database refuses is sent again, each item alone, so that none fails for another. A lost connection fails all
 * of them, for any may have been done.
 */
export function gatheredStatement<Item extends Owned, Answer extends Owned>(
  send: (tx: Executor, items: readonly Item[]) => Promise<readonly Answer[]>,
): (tx: Executor, item: Item) => Promise<Answer | undefined> {
  const lines = new WeakMap<Executor, (item: Item) => Promise<Answer | undefined>>()
  return (tx, item) => {
    const line = lines.get(tx) ?? openLine((items: readonly Item[]) => send(tx, items))
    lines.set(tx, line)
    return line(item)
  }
}

function openLine<Item extends Owned, Answer extends Owned>(
  send: (items: readonly Item[]) => Promise<readonly Answer[]>,
): (item: Item) => Promise<Answer | undefined> {
  /** As many as there are callers, who each wait for one. */
  const waiting: Waiting<Item, Answer>[] = []
  let isUnderWay = false

  async function sendAll(): Promise<void> {
    while (waiting.length > 0) await settle(waiting.splice(0, MAX_ITEMS))
    isUnderWay = false
  }

  async function settle(batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = new Map((await send(batch.map(({ item }) => item))).map((answer) => [answer.token, answer]))
      for (const { item, resolve } of batch) resolve(answers.get(item.token))
    } catch (cause) {
      if (batch.length > 1 && !isDatabaseAway(cause)) await Promise.all(batch.map((one) => settle([one])))
      else for (const { reject } of batch) reject(cause)
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (isUnderWay) return
      isUnderWay = true
      // After all that was read from the sockets in this turn of the event loop.
      setImmediate(() => void sendAll())
    })
}
