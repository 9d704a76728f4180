import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from '@bellhop/client'
import { forkLocalStack } from '@bellhop/local-stack'
import { GIB, MIB } from '@bellhop/model'
import { startBellhop } from './bellhop-process.ts'
import type { Benchmark } from './benchmark.ts'
import { versionOf } from './machine.ts'
import type { Measurement } from './rounds.ts'
import { ratioOf, runRounds } from './rounds.ts'
import { scratchFolder } from './scratch-folder.ts'
import { libStorageUpload } from './upload/lib-storage-upload.ts'
import { writeRandomFile } from './upload/random-file.ts'
import { rawUpload } from './upload/raw-upload.ts'
import type { StoreAddress } from './upload/store.ts'
import { clientOf, remove, untilEmpty } from './upload/store.ts'

const SIZES = {
  '100 MiB': { sizeBytes: 100 * MIB, rounds: 7, suffix: '' },
  '2 GiB': { sizeBytes: 2 * GIB, rounds: 2, suffix: '_2_gib' },
} as const
const BUDGETS = {
  sdk_vs_raw_bound: { atLeast: 0.95 },
  sdk_vs_lib_storage_default: { atLeast: 1.4 },
} as const
/** Tuned by hand for one machine; the defaults are 5 MiB × 4. */
const TUNED = { partSize: 16 * MIB, queueSize: 8 } as const

interface Platform {
  readonly url: string
  readonly apiKey: string
  readonly store: StoreAddress
}

export const upload: Benchmark = {
  description: 'the SDK, against raw PUTs of parts and @aws-sdk/lib-storage into the same store',
  budgets: {
    ...BUDGETS,
    ...Object.fromEntries(
      Object.entries(BUDGETS).map(([ratio, budget]) => [`${ratio}${SIZES['2 GiB'].suffix}`, budget]),
    ),
  },

  async run({ rounds, large, signal, say }) {
    await using scratch = await scratchFolder()
    const dataDir = join(scratch.path, 'data')
    await using stack = await forkLocalStack(
      { dataDir: join(scratch.path, 'stack'), withPostgres: true, withObjectStore: true },
      { signal },
    )
    const { databaseUrl = '', s3: store } = stack.ready
    if (!store) throw new Error('The local stack runs without an object store.')
    const env = {
      DATABASE_URL: databaseUrl,
      S3_ENDPOINT: store.endpoint,
      S3_BUCKET: store.bucket,
      S3_REGION: store.region,
      S3_ACCESS_KEY_ID: store.accessKeyId,
      S3_SECRET_ACCESS_KEY: store.secretAccessKey,
    }
    await using bellhop = await startBellhop(dataDir, { env, signal })
    const apiKey = (await readFile(join(dataDir, 'admin-key'), 'utf8')).trim()
    const platform = { url: bellhop.url, apiKey, store }

    const rows: Measurement[] = []
    const ratios: Record<string, number> = {}
    for (const [size, { sizeBytes, rounds: usual, suffix }] of Object.entries(SIZES)) {
      if (sizeBytes > 100 * MIB && !large) continue
      const path = join(scratch.path, 'bytes.bin')
      await writeRandomFile(path, sizeBytes, signal)
      const measured = await measure({
        platform,
        path,
        sizeBytes,
        count: rounds ?? usual,
        warmUp: rows.length === 0,
        signal,
        say,
      })
      await rm(path)
      for (const peer of ['raw_bound', 'raw', 'lib_storage_default', 'lib_storage_tuned']) {
        ratios[`sdk_vs_${peer}${suffix}`] = ratioOf(measured, 'sdk', peer)
      }
      rows.push(...measured.map((row) => ({ ...row, contender: `${row.contender}, ${size}` })))
    }
    return {
      versions: Object.fromEntries(
        ['@bellhop/client', '@aws-sdk/client-s3', '@aws-sdk/lib-storage'].map((name) => [name, versionOf(name)]),
      ),
      rows,
      ratios,
    }
  },
}

interface Measure {
  readonly platform: Platform
  readonly path: string
  readonly sizeBytes: number
  readonly count: number
  readonly warmUp: boolean
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

async function measure({ platform, path, sizeBytes, count, warmUp, signal, say }: Measure): Promise<Measurement[]> {
  const { url, apiKey, store } = platform
  await using bellhop = connect({ url, apiKey })
  const client = clientOf(store)
  const rate = async (send: (objectKey: string) => Promise<() => Promise<void>>) => {
    const startedAtMs = performance.now()
    const undo = await send('bench/bytes.bin')
    const seconds = (performance.now() - startedAtMs) / 1000
    await undo()
    await untilEmpty(client, store.bucket, signal)
    return sizeBytes / MIB / seconds
  }
  const raw = (bound: boolean) =>
    rate(async (objectKey) => {
      await rawUpload({ client, store, objectKey, path, sizeBytes, bound, signal })
      return () => remove(client, store.bucket, objectKey)
    })
  const libStorage = (settings: { partSize?: number; queueSize?: number }) =>
    rate(async (objectKey) => {
      await libStorageUpload({ client, bucket: store.bucket, objectKey, path, settings, signal })
      return () => remove(client, store.bucket, objectKey)
    })
  const contenders = {
    sdk: () =>
      rate(async () => {
        const { id } = await bellhop.files.upload(path, { startJobs: false, signal })
        return () => bellhop.files.delete(id)
      }),
    raw_bound: () => raw(true),
    raw: () => raw(false),
    lib_storage_default: () => libStorage({}),
    lib_storage_tuned: () => libStorage(TUNED),
  }
  try {
    if (warmUp) {
      say('Not counted: one round to warm up.')
      for (const contender of Object.values(contenders)) await contender()
    }
    return await runRounds({ unit: 'MiB/s', count, contenders, signal, say })
  } finally {
    client.destroy()
  }
}
