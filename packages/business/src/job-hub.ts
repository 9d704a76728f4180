import { LIMITS } from '@bellhop/model'
import type { JobId, JobSnapshot, WorkspaceId } from '@bellhop/model'
import { databaseNow, findSnapshotsOfAll, listLiveJobs } from '@bellhop/persistence'
import { FeedClock } from './feed-clock.ts'
import type { Mailbox, Shortcut } from './mailbox.ts'
import { Mailboxes } from './mailboxes.ts'
import type { Platform } from './platform.ts'
import { SharedReads } from './shared-reads.ts'

/** Jobs that one reader may be behind by. */
const MAILBOX_JOBS = 500
/** Jobs that one query reads. */
const LOAD_JOBS = 500
/** Covers a notification that a crash swallowed. */
const SWEEP_EVERY_MS = 15_000
/** After a failed read: 100, 200, 400, … 5000 ms. */
const RETRY_MIN_MS = 100
const RETRY_MAX_MS = 5_000

export type JobMailbox = Mailbox<JobId, JobSnapshot> & Disposable

/**
 * Tells the watchers of this process what changed. Each changed job is read once, however many watch it, and put into
 * their mailboxes, the newest only.
 */
export class JobHub implements AsyncDisposable {
  /** Of which the cursors of feeds are made. */
  readonly clock: FeedClock
  readonly #platform: Platform
  readonly #liveJobs = new SharedReads<readonly JobSnapshot[]>()
  readonly #byJob = new Mailboxes<JobId, JobId, JobSnapshot>(MAILBOX_JOBS)
  readonly #byWorkspace = new Mailboxes<WorkspaceId, JobId, JobSnapshot>(MAILBOX_JOBS)
  readonly #dirty = new Set<JobId>()
  readonly #sweep: NodeJS.Timeout
  #reachedMs = 0
  #pumping: Promise<void> | undefined
  #closed = false

  constructor(platform: Platform) {
    this.#platform = platform
    this.clock = new FeedClock(() => databaseNow(platform.database.db))
    this.#sweep = setInterval(() => this.lookAgain(), SWEEP_EVERY_MS)
  }

  /** How many mailboxes are open; 0 when nobody watches. */
  get watchers(): number {
    return this.#byJob.size + this.#byWorkspace.size
  }

  /**
   * Whoever took all from its mailbox has what had ended by then (milliseconds since 1970, 0: nothing is known), but for
   * what is still being committed. Stands still while changed jobs are not read.
   */
  get reachedMs(): number {
    return this.#reachedMs
  }

  watchJob(id: JobId): JobMailbox {
    return this.#byJob.open(id)
  }

  watchWorkspace(id: WorkspaceId, shortcut?: Shortcut<JobSnapshot>): JobMailbox {
    return this.#byWorkspace.open(id, shortcut)
  }

  /**
   * What is active in the workspace, and what ended since then (milliseconds since 1970; null: nothing). All feeds that look
   * at once are given the same.
   */
  liveJobs(workspaceId: WorkspaceId, endedSinceMs: number | null): Promise<readonly JobSnapshot[]> {
    const { database, queuePlaces } = this.#platform
    return this.#liveJobs.read(`${workspaceId} ${endedSinceMs}`, async () => {
      const since = endedSinceMs === null ? null : new Date(endedSinceMs)
      return queuePlaces.fillIn(await listLiveJobs(database.db, workspaceId, since, LIMITS.feedJobs))
    })
  }

  changed(jobs: readonly { id: JobId; workspaceId: WorkspaceId }[]): void {
    for (const { id, workspaceId } of jobs) {
      if (this.#byJob.has(id) || this.#byWorkspace.has(workspaceId)) this.#dirty.add(id)
    }
    this.#pump()
  }

  /** Something may have been missed: every watched job is read again, and feeds look for themselves. */
  lookAgain(): void {
    for (const id of this.#byJob.watched) this.#dirty.add(id)
    if (this.#byWorkspace.size > 0) this.clock.keepGoing()
    for (const mailbox of this.#byWorkspace.all()) mailbox.overflow()
    this.#pump()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    clearInterval(this.#sweep)
    await this.#pumping
  }

  #reach(): void {
    const now = this.clock.now()
    if (typeof now === 'number') this.#reachedMs = Math.max(this.#reachedMs, now)
    else now.catch(() => {})
  }

  /** One reader at a time, so that what is read later is put later. */
  #pump(): void {
    this.#pumping ??= this.#readDirty().finally(() => {
      this.#pumping = undefined
    })
  }

  async #readDirty(): Promise<void> {
    let failures = 0
    while (this.#dirty.size > 0 && !this.#closed) {
      const ids = [...this.#dirty].slice(0, LOAD_JOBS)
      for (const id of ids) this.#dirty.delete(id)
      try {
        const found = await findSnapshotsOfAll(this.#platform.database.db, ids)
        const workspaces = new Map(found.map(({ workspaceId, snapshot }) => [snapshot.id, workspaceId]))
        const snapshots = await this.#platform.queuePlaces.fillIn(found.map((each) => each.snapshot))
        for (const [index, snapshot] of snapshots.entries()) {
          // The last that is told goes along with the time that is reached with it.
          if (index + 1 === snapshots.length && this.#dirty.size === 0) this.#reach()
          const workspaceId = workspaces.get(snapshot.id)
          for (const mailbox of this.#byJob.of(snapshot.id)) mailbox.put(snapshot.id, snapshot)
          for (const mailbox of workspaceId ? this.#byWorkspace.of(workspaceId) : []) {
            mailbox.put(snapshot.id, snapshot)
          }
        }
        failures = 0
      } catch (cause) {
        for (const id of ids) this.#dirty.add(id)
        this.#platform.log.warn('The changed jobs could not be read; trying again.', cause)
        const delayMs = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** failures++)
        await new Promise((resolve) => setTimeout(resolve, delayMs))
      }
    }
  }
}
