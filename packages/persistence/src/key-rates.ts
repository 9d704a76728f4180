import type { UserId, WorkspaceId } from '@bellhop/model'
import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Executor } from './database.ts'
import { keyRates } from './schema/index.ts'

/** How many keys somebody may be given in a minute; as many at once when they asked for none in the minute before. */
export interface KeyAllowance {
  readonly subject: UserId | WorkspaceId
  readonly perMinute: number
}

/** Whose allowance is spent, and how long until the same request would be granted. */
export interface KeyRefusal {
  readonly subject: UserId | WorkspaceId
  readonly retryAfterMs: number
}

const MINUTE_MS = 60_000
/** Rows that say no more than a missing one does. */
const PRUNED_AFTER = sql`interval '1 hour'`
const PRUNED_AT_ONCE = 100_000

/**
 * Takes `count` keys from every allowance, or from none: GCRA, as one upsert that holds over all servers. Call it outside
 * of a transaction: the rows are what all requests of a workspace meet at, and are locked in the order given. Null: granted.
 */
export async function spendKeys(
  tx: Executor,
  count: number,
  allowances: readonly KeyAllowance[],
): Promise<KeyRefusal | null> {
  const asked = allowances.map(({ subject, perMinute }) => ({
    subject,
    cost: milliseconds((count * MINUTE_MS) / perMinute),
  }))
  // The moment of a new row is that of an allowance of which nothing was spent: now.
  const spentUntil = sql`greatest(rate.spent_until, now()) + (excluded.spent_until - now())`
  const granted = await tx.execute<{ subject: string }>(sql`
    insert into ${keyRates} as rate (subject, spent_until)
    values ${sql.join(
      asked.map(({ subject, cost }) => sql`(${subject}, now() + ${cost})`),
      sql`, `,
    )}
    on conflict (subject) do update set spent_until = ${spentUntil}
    where ${spentUntil} <= now() + ${milliseconds(MINUTE_MS)}
    returning subject`)
  const passed = new Set(granted.map((row) => row.subject))
  const [refused] = asked.filter(({ subject }) => !passed.has(subject))
  if (!refused) return null
  for (const { subject, cost } of asked.filter((one) => passed.has(one.subject))) {
    await tx.execute(sql`update ${keyRates} set spent_until = spent_until - ${cost} where subject = ${subject}`)
  }
  const [row] = await tx.execute<{ wait_ms: number }>(sql`
    select (extract(epoch from spent_until + ${refused.cost} - now()) * 1000)::float8 - ${MINUTE_MS} as wait_ms
    from ${keyRates}
    where subject = ${refused.subject}`)
  return { subject: refused.subject, retryAfterMs: Math.max(1, Math.ceil(row?.wait_ms ?? 0)) }
}

/** Removes rows of those who asked for nothing lately. Returns how many. */
export async function pruneKeyRates(tx: Executor): Promise<number> {
  const pruned = await tx.execute(sql`
    delete from ${keyRates}
    where subject in (
      select subject from ${keyRates} where spent_until < now() - ${PRUNED_AFTER} limit ${PRUNED_AT_ONCE}
    )
    returning subject`)
  return pruned.length
}

function milliseconds(ms: number): SQL {
  return sql`${ms}::float8 * interval '1 millisecond'`
}
