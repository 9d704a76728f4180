/**
 * Writes a migration that brings the database to the declared views: `pnpm db:views NAME`. Prints what it did; writes
 * nothing when the landed migrations already make them.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { viewMigration } from '@bellhop/live-view'
import { VIEWS } from '../src/views/index.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const folder = `${root}/drizzle`
const migrations = () =>
  readdirSync(folder)
    .filter((file) => /^\d{4}_.*\.sql$/.test(file))
    .toSorted()

const landed = migrations().map((file) => readFileSync(`${folder}/${file}`, 'utf8'))
const text = viewMigration(VIEWS, { landed: landed.join('\n'), separator: '--> statement-breakpoint\n' })
if (text === '') {
  console.log('The landed migrations already make the declared views.')
} else {
  const name = process.argv[2] ?? 'views'
  execFileSync('drizzle-kit', ['generate', '--config', 'drizzle/drizzle.config.ts', '--custom', '--name', name], {
    cwd: root,
  })
  const file = migrations().at(-1)!
  writeFileSync(`${folder}/${file}`, text)
  console.log(`Wrote drizzle/${file}.`)
}
