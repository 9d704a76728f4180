import type { Sql, TransactionSql } from 'postgres'

/**
 * Texts that a process keeps prepared on each of its connections. The program has fewer; those of lists have one for each
 * length, and what comes after is sent unprepared.
 */
const MAX_TEXTS = 500
/** What has more is a long list, whose text may never come again; it shall not take the place of what every job sends. */
const MAX_PARAMETERS = 40

/**
 * The driver as Drizzle shall use it: every statement prepared under a name. Drizzle asks for that only where each query is
 * given a name by hand; else a statement takes two round trips, and Postgres parses and plans it each time. What has no
 * parameters is sent as it is: that is one round trip already, and may be several statements.
 */
export function preparedClient(client: Sql): Sql {
  const texts = new Set<string>()
  const isKept = (text: string, parameters: number): boolean => {
    if (texts.has(text)) return true
    if (parameters === 0 || parameters > MAX_PARAMETERS || texts.size >= MAX_TEXTS) return false
    texts.add(text)
    return true
  }
  const wrap = <T extends Sql | TransactionSql>(inner: T): T =>
    new Proxy(inner, {
      get(target, property) {
        if (property === 'unsafe') {
          const unsafe: Sql['unsafe'] = (text, parameters, options) =>
            target.unsafe(text, parameters, { ...options, prepare: isKept(text, parameters?.length ?? 0) })
          return unsafe
        }
        if (property === 'begin' || property === 'savepoint') {
          return (work: (inner: TransactionSql) => Promise<unknown>) =>
            (target as Sql & TransactionSql)[property]((transaction: TransactionSql) => work(wrap(transaction)))
        }
        return Reflect.get(target, property, target) as unknown
      },
    })
  return wrap(client)
}
