import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { GIB, MIB } from '@bellhop/model'
import type { Benchmark, Budget } from './benchmark.ts'
import { versionOf } from './machine.ts'
import type { Measurement } from './rounds.ts'
import { ratioOf } from './rounds.ts'
import { scratchFolder } from './scratch-folder.ts'
import { median } from './statistics.ts'
import { borrowBucket } from './upload/borrowed-bucket.ts'
import { bundlePages } from './upload/browser/bundle.ts'
import { chromiumVersion } from './upload/browser/chromium.ts'
import { browserContenders, nodeContenders } from './upload/contenders.ts'
import type { Measured } from './upload/measure.ts'
import { measureUploads } from './upload/measure.ts'
import { writeRandomFile } from './upload/random-file.ts'
import { otherStores } from './upload/store.ts'
import { openWorld } from './upload/world.ts'

const SIZES = [
  { name: '100 MiB', sizeBytes: 100 * MIB, rounds: 5, suffix: '' },
  { name: '2 GiB', sizeBytes: 2 * GIB, rounds: 2, suffix: '_2_gib' },
] as const
const STORES = [
  { name: '', suffix: '' },
  { name: ', other store', suffix: '_other_store' },
] as const

/** Each pair that is compared where both were measured, and what is asked of it. */
const PAIRS: readonly (readonly [contender: string, peer: string, budget?: Budget])[] = [
  ['sdk', 'raw_bound', { atLeast: 0.95 }],
  ['sdk', 'raw_unbound'],
  ['sdk', 'lib_storage_default', { atLeast: 1.4 }],
  ['sdk', 'lib_storage_tuned'],
  ['page', 'uppy', { atLeast: 1 }],
  ['page', 'uppy_tuned'],
  ['page', 'uppy_single'],
  ['page', 'sdk_in_browser'],
]
const SERVER_BYTES_BUDGET = { atMost: 1 } as const
const KIB_PER_MIB = 1024

export const upload: Benchmark = {
  description: 'the SDK and the page, against raw PUTs, @aws-sdk/lib-storage and Uppy into the same store',
  budgets: Object.fromEntries(
    SIZES.flatMap((size) => STORES.map((store) => size.suffix + store.suffix)).flatMap((suffix): [string, Budget][] => [
      ...PAIRS.flatMap(([a, b, budget]): [string, Budget][] => (budget ? [[`${a}_vs_${b}${suffix}`, budget]] : [])),
      ...['sdk', 'page'].map((name): [string, Budget] => [serverBytesRatio(name, suffix), SERVER_BYTES_BUDGET]),
    ]),
  ),

  async run({ rounds, small, only, signal, say }) {
    await using scratch = await scratchFolder()
    const pages = join(scratch.path, 'pages')
    if (only !== 'node') await bundlePages(pages)
    const sizes = small ? SIZES.slice(0, 1) : SIZES
    for (const { name, sizeBytes } of sizes) await writeRandomFile(join(scratch.path, name), sizeBytes, signal)

    const rows: Measurement[] = []
    const ratios: Record<string, number> = {}
    for (const other of [null, ...otherStores(process.env)]) {
      const store = STORES[other ? 1 : 0]
      const folder = join(scratch.path, other ? 'other' : 'embedded')
      await mkdir(folder)
      await using _bucket = other ? await borrowBucket(other) : undefined
      await using world = await openWorld(folder, other, signal)
      await using stack = new AsyncDisposableStack()
      const contenders = {
        ...(only === 'browser' ? {} : nodeContenders(world, stack)),
        ...(only === 'node' ? {} : await browserContenders(world, pages, stack)),
      }
      for (const [index, size] of sizes.entries()) {
        say(`${size.name}${store.name}`)
        const measured = await measureUploads({
          world,
          contenders,
          path: join(scratch.path, size.name),
          sizeBytes: size.sizeBytes,
          rounds: rounds ?? size.rounds,
          warmUp: index === 0,
          signal,
          say,
        })
        rows.push(...rowsOf(measured, size.name + store.name))
        Object.assign(ratios, ratiosOf(measured, size.suffix + store.suffix))
      }
    }
    return { versions: await versions(only !== 'node'), rows, ratios }
  },
}

function rowsOf({ rates, memory, serverBytes }: Measured, where: string): Measurement[] {
  const named = (rows: readonly Measurement[], what: string) =>
    rows.map((row) => ({ ...row, contender: `${row.contender}, ${where}${what}` }))
  return [...named(rates, ''), ...named(memory, ', memory'), ...named(serverBytes, ', through the API server')]
}

function ratiosOf({ rates, serverBytes }: Measured, suffix: string): Record<string, number> {
  const has = (name: string) => rates.some(({ contender }) => contender === name)
  return Object.fromEntries([
    ...PAIRS.filter(([a, b]) => has(a) && has(b)).map(([a, b]) => [`${a}_vs_${b}${suffix}`, ratioOf(rates, a, b)]),
    ...serverBytes.map(({ contender, samples }) => [
      serverBytesRatio(contender, suffix),
      median(samples) / KIB_PER_MIB,
    ]),
  ])
}

function serverBytesRatio(contender: string, suffix: string): string {
  return `${contender}_server_bytes_per_gib_vs_1_mib${suffix}`
}

async function versions(withBrowser: boolean): Promise<Record<string, string>> {
  const browser = ['@uppy/core', '@uppy/aws-s3']
  const names = ['@bellhop/client', '@aws-sdk/client-s3', '@aws-sdk/lib-storage', ...(withBrowser ? browser : [])]
  return {
    ...Object.fromEntries(names.map((name) => [name, versionOf(name)])),
    ...(withBrowser ? { chromium: await chromiumVersion() } : {}),
  }
}
