import type { JobId } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import { rescueJob } from './attempt.ts'
import type { AttemptHost } from './attempt.ts'
import { attemptPrefix } from './job-objects.ts'

const BEAT_EVERY_MS = 5_000
/** A worker that was silent for so long is dead to the others. */
const LEASE_MS = 15_000
/** It stops its own work before that, so that two never do the same. */
const SELF_STOP_MS = 12_000

export interface WorkerLease extends AsyncDisposable {
  /** A job of ours may have been told to stop. */
  look(changed: readonly { id: JobId }[]): void
}

/**
 * Keeps this worker's lease: beats, stops what was cancelled or taken away, and rescues what silent workers held. One
 * beat covers every job of the process.
 */
export function keepLease(host: AttemptHost, worker: () => persistence.NewWorker): WorkerLease {
  const { platform, running } = host
  const { db } = platform.database
  let beatAt = performance.now()
  let beating: Promise<void> | undefined
  let straysBefore: ReadonlySet<string> = new Set()
  const timer = setInterval(() => void tick(), BEAT_EVERY_MS)

  function tick(): Promise<void> {
    beating ??= beatOnce()
      .catch((cause: unknown) => platform.log.warn('The worker could not beat.', cause))
      .finally(() => {
        beating = undefined
        if (performance.now() - beatAt > SELF_STOP_MS) for (const attempt of running.values()) attempt.stop('lost')
      })
    return beating
  }

  async function beatOnce(): Promise<void> {
    const startedAt = performance.now()
    if (!(await persistence.beat(db, host.workerId, worker().poolId))) {
      // Declared dead while we slept: what we held belongs to others now.
      for (const attempt of running.values()) attempt.stop('lost')
      await persistence.registerWorker(db, worker())
    }
    beatAt = startedAt
    await bringOnStrays(await stopWhatMust())
    await rescueSilent()
    const requeued = await db.transaction((tx) => persistence.requeueLost(tx))
    if (requeued > 0) platform.log.warn(`Queued ${requeued} jobs again that the queue had lost.`)
  }

  /** Compares what we run with what the database says we hold. */
  async function stopWhatMust(): Promise<string[]> {
    const mine = [...running.values()]
    const held = new Map((await persistence.findHeldJobs(db, host.workerId)).map((job) => [job.token, job]))
    for (const { lease, stop } of mine) {
      const job = held.get(lease.token)
      if (!job) stop('lost')
      else if (job.cancelRequested) stop('cancelled')
    }
    return [...held.keys()].filter((token) => !running.has(token))
  }

  /** An attempt whose end could not be written, because the database was away. Seen twice, it is no claim in the making. */
  async function bringOnStrays(strays: readonly string[]): Promise<void> {
    const seenTwice = strays.filter((token) => straysBefore.has(token))
    straysBefore = new Set(strays)
    if (seenTwice.length > 0) await rescue((tx) => persistence.lockJobsByToken(tx, seenTwice))
  }

  async function rescueSilent(): Promise<void> {
    await rescue(async (tx) => {
      const silent = await persistence.takeSilentWorkers(tx, LEASE_MS)
      if (silent.length === 0) return []
      await persistence.unlockPools(
        tx,
        silent.map(({ poolId }) => poolId),
      )
      return persistence.lockJobsOf(
        tx,
        silent.map(({ id }) => id),
      )
    })
  }

  async function rescue(lock: (tx: persistence.Transaction) => Promise<persistence.JobRow[]>): Promise<void> {
    const rescued = await db.transaction(async (tx) => {
      const jobs = await lock(tx)
      for (const job of jobs) await rescueJob(tx, job)
      return jobs
    })
    for (const job of rescued) {
      platform.log.warn(`Brought on ${job.id}, which its worker had left.`)
      platform.notifier.jobChanged(job)
      await platform.store.deleteObjects(await platform.store.list(attemptPrefix(job)))
    }
  }

  return {
    look(changed) {
      const ids = new Set(changed.map(({ id }) => id))
      if ([...running.values()].some(({ lease }) => ids.has(lease.jobId))) {
        void stopWhatMust().catch((cause: unknown) =>
          platform.log.warn('Could not look for cancelled jobs; the next beat will.', cause),
        )
      }
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer)
      await beating
    },
  }
}
