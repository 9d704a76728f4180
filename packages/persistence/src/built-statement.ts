import type { Executor } from './database.ts'

/**
 * A statement with placeholders that Drizzle builds once for a pool, and for each transaction that uses it. Building an
 * UPDATE takes as long as sending it: worth it for what every job or upload does.
 */
export function builtStatement<Statement>(build: (tx: Executor) => Statement): (tx: Executor) => Statement {
  const built = new WeakMap<Executor, Statement>()
  return (tx) => {
    const statement = built.get(tx) ?? build(tx)
    built.set(tx, statement)
    return statement
  }
}
