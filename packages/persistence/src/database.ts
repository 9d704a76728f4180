import type { ExtractTablesWithRelations } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import type { PostgresJsDatabase, PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js'
import type { PgTransaction } from 'drizzle-orm/pg-core'
import postgres from 'postgres'
import type { Sql } from 'postgres'
import { preparedClient } from './prepared-client.ts'
import { reconnectSeconds } from './reconnect.ts'
import * as schema from './schema/index.ts'

type Schema = typeof schema
export type Transaction = PgTransaction<PostgresJsQueryResultHKT, Schema, ExtractTablesWithRelations<Schema>>
/** What every query function takes first: the pool, or the transaction it shall be part of. */
export type Executor = PostgresJsDatabase<Schema> | Transaction

export interface Database extends AsyncDisposable {
  readonly db: PostgresJsDatabase<Schema>
  /** The driver itself: for LISTEN, and for what Drizzle has no words for. */
  readonly sql: Sql
  readonly url: string
}

const CONNECT_TIMEOUT_SECONDS = 5
const IDLE_TIMEOUT_SECONDS = 60
const CLOSE_TIMEOUT_SECONDS = 5

/** Opens a pool of at most `maxConnections`. Nothing is connected before the first query. */
export function openDatabase(url: string, options: { maxConnections?: number; name?: string } = {}): Database {
  const sql = postgres(url, {
    max: options.maxConnections ?? 10,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    idle_timeout: IDLE_TIMEOUT_SECONDS,
    backoff: reconnectSeconds,
    connection: { application_name: options.name ?? 'bellhop' },
    onnotice: () => {},
  })
  return {
    db: drizzle(preparedClient(sql), { schema }),
    sql,
    url,
    [Symbol.asyncDispose]: () => sql.end({ timeout: CLOSE_TIMEOUT_SECONDS }),
  }
}
