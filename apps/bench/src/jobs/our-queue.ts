import {
  ensureFirstOwner,
  listenForChanges,
  migrateDatabase,
  openPlatform,
  startWorker,
  workerConnections,
  submitJob,
} from '@bellhop/business'
import type { Context } from '@bellhop/business'
import { KIB, jobKind } from '@bellhop/model'
import { z } from 'zod'
import { CONCURRENCY } from './queue.ts'
import type { Queue } from './queue.ts'

const idle = jobKind({
  name: 'bench.idle',
  version: 1,
  timeoutMs: 60_000,
  input: z.object({}),
  output: z.object({}),
})

/** Nothing is stored: an address where nobody listens will do. */
const NO_STORE = {
  endpoint: 'http://127.0.0.1:9',
  bucket: 'none',
  region: 'us-east-1',
  accessKeyId: 'none',
  secretAccessKey: 'none',
} as const

/** The whole of Bellhop but HTTP: submitting, leases, states, progress, notifications, and a listener as each server has. */
export async function openOurQueue(databaseUrl: string, scratchRoot: string): Promise<Queue> {
  await using opening = new AsyncDisposableStack()
  await migrateDatabase({ databaseUrl })
  const log = {
    info: () => {},
    warn: () => {},
    error: (message: string, cause?: unknown) => console.error(message, cause),
  }
  const platform = opening.use(
    openPlatform(
      {
        databaseUrl,
        objectStore: NO_STORE,
        publicUrl: 'http://127.0.0.1:3000',
        secret: 'a secret of at least thirty-two characters',
        keyLife: { floorBytesPerSecond: 128 * KIB, minMs: 60_000, maxMs: 3_600_000 },
        keysPerMinute: { user: 30_000, workspace: 120_000 },
        maxFileSizeBytes: 1,
        webhooksToPrivate: false,
      },
      log,
      { name: 'bench', ownKinds: [idle], maxConnections: workerConnections(CONCURRENCY) },
    ),
  )
  const { jobHub, viewHub } = opening.use(await listenForChanges(platform))
  const { userId, workspaceId } = await ensureFirstOwner(platform)
  const caller = { userId, workspaceId, role: 'owner', apiKeyId: null, address: '127.0.0.1' } as const
  const ctx: Context = { platform, jobHub, viewHub, caller }
  const { sql } = platform.database
  const open = opening.move()
  return {
    async submit() {
      await submitJob(ctx, { kind: idle.name, input: {} })
    },
    work(onRun) {
      const run = async () => {
        onRun()
        return {}
      }
      return startWorker(platform, { concurrency: CONCURRENCY, scratchRoot, processorOf: () => ({ run }) })
    },
    async isBusy() {
      return (await sql`select from jobs where status in ('PENDING', 'PROCESSING') limit 1`).length > 0
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}
