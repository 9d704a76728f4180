import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { GIB, MIB } from '@bellhop/model'
import { BELLHOP_COMMAND, NODE_FLAGS, startBellhop } from './bellhop-process.ts'
import type { Benchmark } from './benchmark.ts'
import { versionOf } from './machine.ts'
import { measurementOf } from './rounds.ts'
import { scratchFolder } from './scratch-folder.ts'
import { median } from './statistics.ts'
import { ResidentWatch } from './upload/resident-watch.ts'

const GIBS = 10
const BUDGET_MIB = 200

/** Largest resident sets in MiB, and the throughput. */
interface Seen {
  readonly command: number
  readonly server: number
  readonly store: number
  readonly mibPerSecond: number
}

export const large: Benchmark = {
  description: `a sparse file of ${GIBS} GiB (--gib) by \`bellhop upload\` and back: memory of either side`,
  budgets: {
    upload_command_vs_200_mib: { atMost: 1 },
    upload_server_vs_200_mib: { atMost: 1 },
    download_command_vs_200_mib: { atMost: 1 },
    download_server_vs_200_mib: { atMost: 1 },
  },

  async run({ rounds = 1, gib = GIBS, signal, say }) {
    await using scratch = await scratchFolder()
    const dataDir = join(scratch.path, 'data')
    const path = join(scratch.path, 'sparse.bin')
    await using sparse = await open(path, 'wx')
    await sparse.truncate(gib * GIB)
    await using bellhop = await startBellhop(dataDir, { signal })
    const env = {
      BELLHOP_URL: bellhop.url,
      BELLHOP_API_KEY: (await readFile(join(dataDir, 'admin-key'), 'utf8')).trim(),
      XDG_STATE_HOME: join(scratch.path, 'state'),
    }
    const server = await processOf(dataDir, 'apps/server')
    const store = await processOf(dataDir, 'local-stack')
    const watched = async (args: readonly string[]): Promise<{ seen: Seen; said: string }> => {
      using serverWatch = new ResidentWatch([server])
      using storeWatch = new ResidentWatch([store])
      const startedAtMs = performance.now()
      const { said, peakBytes } = await command(args, env, signal)
      const seconds = (performance.now() - startedAtMs) / 1000
      const [own, ofServer, ofStore] = [peakBytes, serverWatch.peakBytes, storeWatch.peakBytes]
      const seen = {
        command: own / MIB,
        server: ofServer / MIB,
        store: ofStore / MIB,
        mibPerSecond: (gib * 1024) / seconds,
      }
      say(`${args[0]}: ${JSON.stringify(seen)}`)
      return { seen, said }
    }

    const uploads: Seen[] = []
    const downloads: Seen[] = []
    for (let round = 0; round < rounds; round += 1) {
      const up = await watched(['upload', path, '--no-jobs', '--quiet'])
      uploads.push(up.seen)
      const back = join(scratch.path, 'back.bin')
      downloads.push((await watched(['download', up.said.trim(), back, '--quiet'])).seen)
      await rm(back)
    }
    const rowsOf = (name: string, all: readonly Seen[]) => [
      measurementOf(
        `${name}, command, resident`,
        'MiB',
        all.map((seen) => seen.command),
      ),
      measurementOf(
        `${name}, server, resident`,
        'MiB',
        all.map((seen) => seen.server),
      ),
      measurementOf(
        `${name}, embedded stores, resident`,
        'MiB',
        all.map((seen) => seen.store),
      ),
      measurementOf(
        `${name}, ${gib} GiB`,
        'MiB/s',
        all.map((seen) => seen.mibPerSecond),
      ),
    ]
    const ratio = (all: readonly Seen[], who: 'command' | 'server') => median(all.map((seen) => seen[who])) / BUDGET_MIB
    return {
      versions: { '@bellhop/cli': versionOf('@bellhop/client') },
      rows: [...rowsOf('upload', uploads), ...rowsOf('download', downloads)],
      ratios: {
        upload_command_vs_200_mib: ratio(uploads, 'command'),
        upload_server_vs_200_mib: ratio(uploads, 'server'),
        download_command_vs_200_mib: ratio(downloads, 'command'),
        download_server_vs_200_mib: ratio(downloads, 'server'),
      },
    }
  },
}

async function command(args: readonly string[], env: Readonly<Record<string, string>>, signal: AbortSignal) {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [...NODE_FLAGS, BELLHOP_COMMAND, ...args], {
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  })
  using watch = new ResidentWatch([child.pid ?? 0])
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`\`bellhop ${args.join(' ')}\` ended with ${code}.`)
  return { said, peakBytes: watch.peakBytes }
}

/** Of the processes that were started on the data folder, the one that runs that program. Linux only. */
async function processOf(dataDir: string, program: string): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')
    const [environment, commandLine] = await Promise.all([read('environ'), read('cmdline')])
    const [executable = '', ...words] = commandLine.split('\0')
    const ours = environment.includes(dataDir) || commandLine.includes(dataDir)
    if (ours && executable.includes('node') && words.some((word) => word.includes(program))) return Number(pid)
  }
  throw new Error(`No process of ${program} was found.`)
}
