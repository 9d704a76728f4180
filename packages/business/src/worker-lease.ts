import type { JobId } from '@bellhop/model'
import * as persistence from '@bellhop/persistence'
import { handBackJob, rescueJob } from './attempt.ts'
import type { AttemptHost } from './attempt.ts'

const BEAT_EVERY_MS = 5_000
/** A beat that has no answer by then is made again, on a new connection. */
const BEAT_WITHIN_MS = 3_000
/** A worker that was silent for so long is dead to the others. */
const LEASE_MS = 15_000
/** It stops its own work before that, so that two never do the same. */
const SELF_STOP_MS = 12_000
const LOOK_EVERY_MS = 1_000
/** What is said of jobs of ours, by ourselves above all, is looked at so often at most; the first after a rest at once. */
const HEED_EVERY_MS = 100
/** An event loop that stood still for so long is told of: what stands in it belongs in a child process. */
const STALL_MS = 3_000

export interface WorkerLease extends AsyncDisposable {
  /** A job of ours may have been told to stop. */
  look(changed: readonly { id: JobId }[]): void
  /** Gives every job back that is still held, so that others need not wait for the lease to end. */
  handBack(): Promise<void>
}

/**
 * Keeps this worker's lease: beats, stops what was cancelled or taken away, and rescues what silent workers held. One
 * beat covers every job of the process. It has a connection of its own, so that no work can stand before it.
 */
export function keepLease(host: AttemptHost, worker: () => persistence.NewWorker): WorkerLease {
  const { platform, running } = host
  const { db } = platform.database
  let line = openLine()
  let beatAt = performance.now()
  let lookedAt = performance.now()
  let beating: Promise<void> | undefined
  let tending: Promise<void> | undefined
  let heeding: NodeJS.Timeout | undefined
  let heededAt = Number.NEGATIVE_INFINITY
  let straysBefore: ReadonlySet<string> = new Set()
  const beatTimer = setInterval(() => tick(), BEAT_EVERY_MS)
  const lookTimer = setInterval(() => watchSelf(), LOOK_EVERY_MS)

  function openLine(): persistence.Database {
    return persistence.openDatabase(platform.settings.databaseUrl, { name: 'bellhop beat', maxConnections: 1 })
  }

  function tick(): void {
    beating ??= beatOnce()
      .then(() => {
        tending ??= tend().finally(() => {
          tending = undefined
        })
      })
      .catch((cause: unknown) => platform.log.warn('The worker could not beat.', cause))
      .finally(() => {
        beating = undefined
      })
  }

  async function beatOnce(): Promise<void> {
    const startedAt = performance.now()
    const isKnown = await answered(persistence.beat(line.db, host.workerId, worker().poolId))
    if (!isKnown) {
      // Declared dead while we slept: what we held belongs to others now.
      stopAll()
      await answered(persistence.registerWorker(line.db, worker()))
    }
    beatAt = startedAt
  }

  /** A connection that says nothing would hold up every later beat. */
  async function answered<T>(asked: Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      const old = line
      line = openLine()
      late.reject(new Error(`The database did not answer within ${BEAT_WITHIN_MS} ms.`))
      void old.sql.end({ timeout: 0 })
    }, BEAT_WITHIN_MS)
    try {
      return await Promise.race([asked, late.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Apart from the beats, which may fail or hang: whoever cannot renew stops in time. */
  function watchSelf(): void {
    const now = performance.now()
    const stalledMs = now - lookedAt - LOOK_EVERY_MS
    lookedAt = now
    if (stalledMs > STALL_MS) {
      platform.log.warn(
        `The event loop of this worker stood still for ${Math.round(stalledMs)} ms, and its beat with it.`,
      )
    }
    if (now - beatAt > SELF_STOP_MS) stopAll()
  }

  function stopAll(): void {
    for (const attempt of running.values()) attempt.stop('lost')
  }

  async function tend(): Promise<void> {
    const steps = [
      async () => bringOnStrays(await stopWhatMust()),
      rescueSilent,
      () => rescue((tx) => persistence.lockOrphanedJobs(tx, LEASE_MS)),
      requeueLost,
      bringOnWaiting,
    ]
    for (const step of steps) {
      await step().catch((cause: unknown) => platform.log.warn('What others have left could not be brought on.', cause))
    }
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

  async function requeueLost(): Promise<void> {
    const requeued = await db.transaction((tx) => persistence.requeueLost(tx))
    if (requeued > 0) platform.log.warn(`Queued ${requeued} jobs again that the queue had lost.`)
  }

  /** What no end has brought on, because it was not written by those who should have. */
  async function bringOnWaiting(): Promise<void> {
    for (const sweep of [persistence.followForgotten, persistence.releaseForgotten]) {
      for (const job of await db.transaction((tx) => sweep(tx))) platform.notifier.jobChanged(job)
    }
  }

  async function rescue(
    lock: (tx: persistence.Transaction) => Promise<persistence.JobRow[]>,
    bringOn = rescueJob,
  ): Promise<void> {
    const others: persistence.ChangedJobs = []
    const rescued = await db.transaction(async (tx) => {
      const jobs = await lock(tx)
      for (const job of jobs) await bringOn(tx, job, others)
      return jobs
    })
    for (const job of others) platform.notifier.jobChanged(job)
    for (const job of rescued) {
      platform.log.warn(`Brought on ${job.id}, which its worker had left.`)
      platform.notifier.jobChanged(job)
    }
  }

  function heed(): void {
    heeding = undefined
    heededAt = performance.now()
    void stopWhatMust().catch((cause: unknown) =>
      platform.log.warn('Could not look for cancelled jobs; the next beat will.', cause),
    )
  }

  return {
    look(changed) {
      if (heeding) return
      const ids = new Set(changed.map(({ id }) => id))
      if (![...running.values()].some(({ lease }) => ids.has(lease.jobId))) return
      heeding = setTimeout(heed, Math.max(0, heededAt + HEED_EVERY_MS - performance.now()))
    },
    handBack: () => rescue((tx) => persistence.lockJobsOf(tx, [host.workerId]), handBackJob),
    [Symbol.asyncDispose]: async () => {
      clearInterval(beatTimer)
      clearInterval(lookTimer)
      clearTimeout(heeding)
      await beating
      await tending
      await line[Symbol.asyncDispose]()
    },
  }
}
