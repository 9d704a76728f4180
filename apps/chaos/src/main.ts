import { parseArgs } from 'node:util'
import { isWhole, reportAsText } from './report.ts'
import { runChaos } from './run-chaos.ts'
import { SCENARIOS, SHORT_SCENARIOS } from './scenarios.ts'

/** `pnpm test:chaos [--short] [--only WORDS] [--json]`: 0 when nothing was lost, seen twice or otherwise wrong. */
const { values } = parseArgs({
  options: { short: { type: 'boolean' }, only: { type: 'string' }, json: { type: 'boolean' } },
})
const { only = '', short = false, json = false } = values
const chosen = (short ? SHORT_SCENARIOS : SCENARIOS).filter(({ name }) => name.includes(only))
if (chosen.length === 0) throw new Error(`There is no scenario with \`${only}\` in its name.`)
const outcomes = await runChaos(chosen, (line) => void process.stderr.write(`${line}\n`))
const text = reportAsText(outcomes)
if (json) {
  process.stderr.write(`${text}\n`)
  process.stdout.write(`${JSON.stringify(outcomes)}\n`)
} else process.stdout.write(`${text}\n`)
process.exitCode = isWhole(outcomes) ? 0 : 1
