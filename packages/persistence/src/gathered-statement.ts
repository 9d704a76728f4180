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
 * statement had no answer for this item. Where items have lines, each line has its own statements, and waits for no other.
 *
 * What the database refuses is sent again, each item alone, so that none fails for another. A lost connection fails all
 * of them, for any may have been done.
 */
export function gatheredStatement<Item extends Owned, Answer extends Owned>(
  send: (tx: Executor, items: readonly Item[]) => Promise<readonly Answer[]>,
  lineOf: (item: Item) => string = () => '',
): (tx: Executor, item: Item) => Promise<Answer | undefined> {
  type One = Waiting<Item, Answer>
  /** The lines that have a statement under way, and what waits in each: as many as there are callers. */
  const linesOf = new WeakMap<Executor, Map<string, One[]>>()

  async function sendAll(tx: Executor, line: string, waiting: One[]): Promise<void> {
    while (waiting.length > 0) await settle(tx, waiting.splice(0, MAX_ITEMS))
    linesOf.get(tx)?.delete(line)
  }

  async function settle(tx: Executor, batch: readonly One[]): Promise<void> {
    try {
      const sent = await send(
        tx,
        batch.map(({ item }) => item),
      )
      const answers = new Map(sent.map((answer) => [answer.token, answer]))
      for (const { item, resolve } of batch) resolve(answers.get(item.token))
    } catch (cause) {
      if (batch.length > 1 && !isDatabaseAway(cause)) await Promise.all(batch.map((one) => settle(tx, [one])))
      else for (const { reject } of batch) reject(cause)
    }
  }

  return (tx, item) =>
    new Promise((resolve, reject) => {
      const lines = linesOf.get(tx) ?? new Map<string, One[]>()
      linesOf.set(tx, lines)
      const line = lineOf(item)
      const waiting = lines.get(line) ?? []
      waiting.push({ item, resolve, reject })
      if (lines.has(line)) return
      lines.set(line, waiting)
      // After all that was read from the sockets in this turn of the event loop.
      setImmediate(() => void sendAll(tx, line, waiting))
    })
}
