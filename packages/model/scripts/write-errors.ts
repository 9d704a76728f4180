/** Writes docs/errors.md from the one table of codes: `pnpm docs:errors`. A test fails when the file is another. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { errorsPage } from './errors-page.ts'

writeFileSync(fileURLToPath(new URL('../../../docs/errors.md', import.meta.url)), errorsPage())
