import { type Sql, type TransactionSql } from 'postgres'

/** Called before each statement of a transaction, and before its commit, with the number of the step from 0. */
export type BeforeStep = (step: number, tx: TransactionSql) => Promise<void>

/** A client whose transactions run `before` each of their steps, so that a test can hold or kill them there. */
export function steppedClient(sql: Sql, before: BeforeStep): Sql {
  return new Proxy(sql, {
    get(target, property) {
      if (property !== 'begin') return Reflect.get(target, property, target)
      return (options: string, work: (tx: TransactionSql) => Promise<unknown>) =>
        target.begin(options, async (tx) => {
          let step = 0
          const next = () => before(step++, tx)
          const result = await work(steppedTransaction(tx, next))
          await next()
          return result
        })
    },
  })
}

function steppedTransaction(tx: TransactionSql, next: () => Promise<void>): TransactionSql {
  const later = (start: () => PromiseLike<unknown>) => {
    const result = next().then(start)
    return Object.assign(result, { cancel: () => {} })
  }
  return new Proxy(tx, {
    apply: (target, _, parameters: Parameters<TransactionSql>) =>
      later(() => Reflect.apply(target, undefined, parameters) as PromiseLike<unknown>),
    get(target, property) {
      if (property !== 'unsafe') return Reflect.get(target, property, target)
      return (...parameters: Parameters<TransactionSql['unsafe']>) => later(() => target.unsafe(...parameters))
    },
  })
}
