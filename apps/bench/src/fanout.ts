import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from '@bellhop/client'
import type { Bellhop, JobId } from '@bellhop/client'
import { KIB } from '@bellhop/model'
import type { Benchmark } from './benchmark.ts'
import { Child } from './fanout/child.ts'
import { Crowd, checkOpenFiles } from './fanout/crowd.ts'
import type { Arrival } from './fanout/crowd.ts'
import type { FromRawServer, ToRawServer } from './fanout/messages.ts'
import { versionOf } from './machine.ts'
import { measurementOf, ratioOf, runRounds } from './rounds.ts'
import type { Measurement } from './rounds.ts'
import { scratchFolder } from './scratch-folder.ts'
import { median } from './statistics.ts'
import { openWorld } from './upload/world.ts'
import { residentBytes } from './upload/resident-watch.ts'

const ROUNDS = 5
/** Of a contender in one round. */
const EVENTS = 4
const CROWDS = [2_000, 10_000]
const CROWDS_SMALL = [2_000]
/** Before the baseline of the memory, so that code and caches that any watcher needs are not counted for each. */
const WARM_UP = 100
const WARM_UP_ROUNDS = 5
const BUDGET_KIB = 25
/** A server that has just let in thousands is given so long to rest, and V8 to collect what its arrival left, before its memory is looked at. */
const REST_MS = 20_000
/** It never comes while this runs. */
const LATER_MS = 3_600_000

export const fanout: Benchmark = {
  description: `one event to ${CROWDS.map((crowd) => crowd.toLocaleString('en')).join(' and ')} watchers of one server, beside a bare ws broadcast; memory of each`,
  budgets: { '10000_kib_vs_25': { atMost: 1 }, '10000_bellhop_vs_raw_ws': { atLeast: 0.5 } },

  async run({ rounds = ROUNDS, small, signal, say }) {
    const crowds = small ? CROWDS_SMALL : CROWDS
    const largest = Math.max(...crowds)
    checkOpenFiles(largest)
    await using scratch = await scratchFolder()
    await using stack = new AsyncDisposableStack()
    const { url, apiKey } = stack.use(await openWorld(join(scratch.path, 'bellhop'), null, signal))
    const bellhop = stack.use(connect({ url, apiKey }))
    const raw = stack.use(new Child<ToRawServer, FromRawServer>('./raw-server.ts'))
    const { port } = await raw.next('listening', () => true, signal)
    const crowd = stack.use(new Crowd(signal))
    const grow = async (by: number) => {
      await crowd.open('bellhop', `${url.replace('http', 'ws')}/trpc`, apiKey, by)
      await crowd.open('raw_ws', `ws://127.0.0.1:${port}`, apiKey, by)
    }
    const contenders: Contenders = { ours: await openOurs(bellhop, crowd), broadcast: openRaw(raw, crowd) }

    await grow(WARM_UP)
    await measure(contenders, { watchers: WARM_UP, rounds: WARM_UP_ROUNDS, signal, say })
    const rest = () => delay(REST_MS, undefined, { signal })
    await rest()
    const before = await memoryOf(url, raw.pid)
    const rows: Measurement[] = []
    const ratios: Record<string, number> = {}
    let open = WARM_UP
    for (const watchers of crowds) {
      await grow(watchers - open)
      open = watchers
      const events = await measure(contenders, { watchers, rounds, signal, say })
      await rest()
      const after = await memoryOf(url, raw.pid)
      const each = (name: keyof Memory) => (after[name] - before[name]) / (watchers - WARM_UP) / KIB
      const row = (name: keyof Memory) => measurementOf(`${watchers}: ${name}`, 'KiB each', [each(name)])
      rows.push(...events.rows, row('bellhop resident'), row('bellhop heap'), row('raw_ws resident'))
      ratios[`${watchers}_kib_vs_25`] = each('bellhop resident') / BUDGET_KIB
      ratios[`${watchers}_bellhop_vs_raw_ws`] = events.ratio
      ratios[`${watchers}_bellhop_vs_raw_ws, first to last`] = events.spreadRatio
    }
    return { versions: { '@bellhop/client': versionOf('@bellhop/client'), ws: versionOf('ws') }, rows, ratios }
  },
}

interface Contenders {
  /** What happens to a job. */
  readonly ours: () => Promise<Arrival>
  /** The same text. */
  readonly broadcast: (text: string) => Promise<Arrival>
}

interface Events {
  readonly rows: readonly Measurement[]
  /** How fast Bellhop is for each 1 of raw `ws`, from the cause of an event to the last who has it. */
  readonly ratio: number
  /** The same from the first who has it. */
  readonly spreadRatio: number
}

async function measure(
  { ours, broadcast }: Contenders,
  {
    watchers,
    rounds,
    signal,
    say,
  }: { watchers: number; rounds: number; signal: AbortSignal; say: (line: string) => void },
): Promise<Events> {
  let text = (await ours()).text
  const spreads: Record<'bellhop' | 'raw_ws', number[]> = { bellhop: [], raw_ws: [] }
  const names = { bellhop: `${watchers}: bellhop`, raw_ws: `${watchers}: raw_ws` }
  const measured = (name: keyof typeof spreads, event: () => Promise<Arrival>) => async () => {
    const arrivals: Arrival[] = []
    for (let count = 0; count < EVENTS; count += 1) arrivals.push(await event())
    text = arrivals.at(-1)?.text ?? text
    spreads[name].push(median(arrivals.map(({ firstMs, lastMs }) => lastMs - firstMs)))
    return median(arrivals.map(({ lastMs }) => lastMs))
  }
  const rows = await runRounds({
    unit: 'ms',
    count: rounds,
    contenders: {
      [names.bellhop]: measured('bellhop', ours),
      [names.raw_ws]: measured('raw_ws', () => broadcast(text)),
    },
    signal,
    say,
  })
  const spreadRows = [
    measurementOf(`${names.bellhop}, first to last`, 'ms', spreads.bellhop),
    measurementOf(`${names.raw_ws}, first to last`, 'ms', spreads.raw_ws),
  ]
  return {
    rows: [...rows, ...spreadRows],
    ratio: ratioOf(rows, names.raw_ws, names.bellhop),
    spreadRatio: ratioOf(spreadRows, `${names.raw_ws}, first to last`, `${names.bellhop}, first to last`),
  }
}

/** Each event: a job is submitted for later, or cancelled again; timed from the call of the API. */
async function openOurs(bellhop: Bellhop, crowd: Crowd): Promise<() => Promise<Arrival>> {
  const { id: fileId } = await bellhop.files.upload(new Blob(['idle']), { name: 'idle.bin', startJobs: false })
  let waiting: JobId | undefined
  return () => {
    const id = waiting
    return id
      ? crowd.everybodyHas('bellhop', '"status":"CANCELLED"', async () => {
          waiting = undefined
          await bellhop.jobs.cancel(id)
        })
      : crowd.everybodyHas('bellhop', '"status":"PENDING"', async () => {
          waiting = (await bellhop.jobs.submit('file.verify', { fileId }, { delayMs: LATER_MS })).id
        })
  }
}

function openRaw(raw: Child<ToRawServer, FromRawServer>, crowd: Crowd): (text: string) => Promise<Arrival> {
  return (text) => crowd.everybodyHas('raw_ws', text, async () => raw.send({ type: 'broadcast', text }))
}

interface Memory {
  readonly 'bellhop resident': number
  readonly 'bellhop heap': number
  readonly 'raw_ws resident': number
}

/** Bytes of the API server, as it tells itself, and of the other one. */
async function memoryOf(url: string, rawPid: number): Promise<Memory> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const told = (name: string) => {
    const [, bytes] = new RegExp(`^${name} (\\S+)$`, 'm').exec(text) ?? []
    if (bytes === undefined) throw new Error(`/metrics does not tell ${name}.`)
    return Number(bytes)
  }
  return {
    'bellhop resident': told('process_resident_memory_bytes'),
    'bellhop heap': told('nodejs_heap_size_used_bytes'),
    'raw_ws resident': residentBytes(rawPid),
  }
}
