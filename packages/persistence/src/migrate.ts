import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator'
import { Logger, runMigrations } from 'graphile-worker'
import postgres from 'postgres'

const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../../drizzle', import.meta.url))
/** Namespaced so that it cannot meet a lock of somebody else's: 'bell' in ASCII. */
const LOCK_CLASS = 0x62656c6c
const MIGRATION_LOCK = 1

/**
 * Brings the schema to this version, once, however many processes call it at the same time.
 * Throws when the database was already migrated by a newer Bellhop.
 */
export async function migrate(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { application_name: 'bellhop migrate' } })
  try {
    await sql`select pg_advisory_lock(${LOCK_CLASS}, ${MIGRATION_LOCK})`
    await refuseNewer(sql)
    await applyMigrations(drizzle(sql), { migrationsFolder: MIGRATIONS_FOLDER })
    await runMigrations({ connectionString: url, logger: new Logger(() => () => {}) })
  } finally {
    await sql.end({ timeout: 5 })
  }
}

async function refuseNewer(sql: postgres.Sql): Promise<void> {
  const journal = JSON.parse(readFileSync(`${MIGRATIONS_FOLDER}/meta/_journal.json`, 'utf8')) as {
    entries: { when: number }[]
  }
  const newestKnown = Math.max(...journal.entries.map((entry) => entry.when))
  const [table] = await sql<{ name: string | null }[]>`select to_regclass('drizzle.__drizzle_migrations')::text as name`
  if (!table?.name) return
  const [applied] = await sql<
    { newest: string | null }[]
  >`select max(created_at) as newest from drizzle.__drizzle_migrations`
  if (Number(applied?.newest ?? 0) > newestKnown) {
    throw new Error(
      'This database was made by a newer version of Bellhop. Start that version, or restore a backup from before the upgrade.',
    )
  }
}
