/**
 * Writes drizzle/schema.sql, the schema that the migrations come to, read back from a real database. With `--check` it
 * writes nothing and fails when the file is not that, or when the declared views have no migration.
 */
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { viewMigration } from '@bellhop/live-view'
import { startPostgres } from '@bellhop/local-stack'
import { migrate, openDatabase } from '../src/index.ts'
import { VIEWS } from '../src/views/index.ts'
import { dumpSchema } from './schema-text.ts'

const folder = fileURLToPath(new URL('../../../drizzle', import.meta.url))
const file = join(folder, 'schema.sql')

const dataDir = await mkdtemp(join(tmpdir(), 'bellhop-dump-'))
let text = ''
try {
  await using postgres = await startPostgres({ dataDir, postgres: { fsync: 'off' } })
  await migrate(postgres.url)
  await using database = openDatabase(postgres.url, { maxConnections: 1 })
  text = await dumpSchema(database.sql)
} finally {
  await rm(dataDir, { recursive: true, force: true })
}

if (process.argv.includes('--check')) {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_.*\.sql$/.test(name)).toSorted()
  const landed = (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\n')
  if ((await readFile(file, 'utf8')) !== text)
    fail('drizzle/schema.sql is not what the migrations make; run `pnpm db:dump` and commit it.')
  if (viewMigration(VIEWS, { landed }) !== '')
    fail('A declared view has no migration; run `pnpm db:views NAME`, then `pnpm db:dump`.')
  console.log('drizzle/schema.sql is what the migrations make.')
} else {
  await writeFile(file, text)
  console.log(`Wrote ${file}.`)
}

function fail(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}
