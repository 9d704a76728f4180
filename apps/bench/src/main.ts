import { parseArgs } from 'node:util'
import type { Benchmark } from './benchmark.ts'
import { encode } from './encode.ts'
import { fanout } from './fanout.ts'
import { jobs } from './jobs.ts'
import { keys } from './keys.ts'
import { large } from './large.ts'
import { latency } from './latency.ts'
import { machine } from './machine.ts'
import { reportAsJson, reportAsText } from './report.ts'
import { start } from './start.ts'
import { upload } from './upload.ts'
import { views } from './views.ts'

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  start,
  upload,
  keys,
  large,
  jobs,
  latency,
  fanout,
  views,
  encode,
}
const MAX_ROUNDS = 100
const MAX_GIB = 1_024
const MIN_SIZE = 1_000
const MAX_SIZE = 10_000_000
const EXIT_USAGE = 2

const USAGE = [
  'USAGE  pnpm bench NAME [--json] [--rounds N] [--small] [--node-only | --browser-only]',
  '',
  ...Object.entries(BENCHMARKS).map(([name, { description }]) => `  ${name.padEnd(8)} ${description}`),
  '',
  '  --json     the last line of stdout is one JSON object',
  `  --rounds   how often each contender is measured, 1 to ${MAX_ROUNDS}`,
  '  --small    upload: without the file of 2 GiB, which needs 7 GiB of disk for a while; jobs, latency: a quarter of them; fanout: 2,000 watchers; encode: 10 s',
  '  --node-only, --browser-only',
  '             upload: only the contenders that run in Node, or in Chromium',
  '  --gib      large: size of the file, of which the disk must have room for two',
  '  --rows     views: numbers of files, such as 10k,100k,1m, which is the default',
  '',
].join('\n')

interface Wanted {
  readonly name: string
  readonly benchmark: Benchmark
  readonly json: boolean
  readonly small: boolean
  readonly only?: 'node' | 'browser'
  readonly rounds?: number
  readonly gib?: number
  readonly sizes?: readonly number[]
}

/** Throws one sentence where the arguments are none of ours. */
function wantedOf(args: readonly string[]): Wanted {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      small: { type: 'boolean' },
      'node-only': { type: 'boolean' },
      'browser-only': { type: 'boolean' },
      rounds: { type: 'string' },
      gib: { type: 'string' },
      rows: { type: 'string' },
    },
  })
  const [name = '', ...others] = positionals
  const benchmark = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined
  if (!benchmark || others.length > 0) throw new Error('Give the name of one benchmark.')
  const { json = false, small = false, 'node-only': nodeOnly, 'browser-only': browserOnly } = values
  if (nodeOnly && browserOnly) throw new Error('Give --node-only or --browser-only, not both.')
  const only = nodeOnly ? 'node' : browserOnly ? 'browser' : undefined
  const rounds = countOf('--rounds', values.rounds, MAX_ROUNDS)
  const gib = countOf('--gib', values.gib, MAX_GIB)
  return {
    name,
    benchmark,
    json,
    small,
    ...(only ? { only } : {}),
    ...(rounds === undefined ? {} : { rounds }),
    ...(gib === undefined ? {} : { gib }),
    ...(values.rows === undefined ? {} : { sizes: values.rows.split(',').map(sizeOf) }),
  }
}

/** `20k` → 20,000 */
function sizeOf(text: string): number {
  const [, digits, unit] = /^([0-9]+)(k|m)?$/i.exec(text) ?? []
  const size = Number(digits) * (unit === undefined ? 1 : unit.toLowerCase() === 'k' ? 1_000 : 1_000_000)
  if (size >= MIN_SIZE && size <= MAX_SIZE) return size
  throw new Error(`Expected --rows to be numbers from ${MIN_SIZE} to ${MAX_SIZE} such as 10k,1m, got \`${text}\`.`)
}

function countOf(option: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= most) return count
  throw new Error(`Expected ${option} to be a whole number from 1 to ${most}, got \`${text}\`.`)
}

async function main(args: readonly string[]): Promise<number> {
  let wanted: Wanted
  try {
    wanted = wantedOf(args)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
    return EXIT_USAGE
  }
  const { name, benchmark, json, ...options } = wanted
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stop.abort(new Error(`Stopped by ${signal}.`)))
  }
  const say = (line: string) => void process.stderr.write(`${line}\n`)
  const before = machine()
  try {
    const outcome = await benchmark.run({ ...options, signal: stop.signal, say })
    const report = { name, machine: before, ...outcome }
    const text = reportAsText(report, benchmark.budgets)
    if (json) say(text)
    process.stdout.write(json ? reportAsJson(report) : text)
    return outcome.faults && outcome.faults.length > 0 ? 1 : 0
  } catch (error) {
    say(stop.signal.aborted ? String(stop.signal.reason) : String(error instanceof Error ? error.stack : error))
    return 1
  }
}

process.exitCode = await main(process.argv.slice(2))
