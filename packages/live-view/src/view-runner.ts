import { type Sql } from 'postgres'
import { type Applied } from './applied.ts'
import { applyChunk } from './apply.ts'
import { backOffMs } from './back-off.ts'
import { type KeeperLog } from './keeper-log.ts'
import { type PendingView } from './pending.ts'
import { refresh } from './refresh.ts'
import { recordFailure } from './status.ts'
import { type AnyView } from './view.ts'

/** Chunks applied in a row before the log is looked at again. */
const CHUNKS_PER_RUN_MAX = 100

export interface ViewRunnerOptions {
  readonly sql: Sql
  readonly view: AnyView
  readonly fingerprint: string
  readonly log: KeeperLog
  readonly onApplied: (event: Applied) => void
  readonly onSettled: () => void
  readonly signal: AbortSignal
}

/** Applies one view's log: one run at a time, with a back-off after failures. */
export class ViewRunner {
  readonly #options: ViewRunnerOptions
  #running: Promise<void> | undefined
  #failures = 0
  #notBefore = 0
  #warnedOf: string | null | undefined

  constructor(options: ViewRunnerOptions) {
    this.#options = options
  }

  /** Whether there is work here that this process may do, now or in less than a moment. */
  isWorthPolling({ oldest_ms: oldest, definition }: PendingView): boolean {
    return oldest !== null && this.#isOurs(definition) && this.#failures === 0
  }

  startIfDue({ oldest_ms: oldest, newest_ms: newest, definition }: PendingView): void {
    const { view, signal } = this.#options
    if (oldest === null || newest === null || signal.aborted || this.#running !== undefined) return
    if (performance.now() < this.#notBefore || !this.#isOurs(definition)) return
    if (view.strategy === 'event' && newest < view.debounceMs && oldest < view.maxWaitMs) return
    this.#running = this.#run().finally(() => {
      this.#running = undefined
      this.#options.onSettled()
    })
  }

  /** When no run is under way any more. */
  async settled(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    const { sql, view, signal, log } = this.#options
    const startedAt = performance.now()
    try {
      await this.#bringUpToDate()
      this.#failures = 0
    } catch (error) {
      if (signal.aborted) return
      this.#failures += 1
      this.#notBefore = performance.now() + backOffMs(this.#failures)
      log.warn(`Could not bring view ${view.name} up to date; its changes are kept and tried again.`, error)
      await recordFailure(sql, view.name, performance.now() - startedAt, error).catch((cause: unknown) =>
        log.warn(`Could not record the failure of view ${view.name}.`, cause),
      )
    }
  }

  async #bringUpToDate(): Promise<void> {
    const { sql, view, signal } = this.#options
    if (view.strategy === 'event') {
      const applied = await refresh(sql, view, { signal })
      if (applied !== undefined) this.#report(applied)
      return
    }
    for (let chunk = 0; chunk < CHUNKS_PER_RUN_MAX; chunk += 1) {
      const outcome = await applyChunk(sql, view, { signal })
      if (outcome.state === 'busy') return
      if (outcome.applied.keys.length > 0) this.#report(outcome.applied)
      if (!outcome.more) return
    }
  }

  #report(event: Applied): void {
    try {
      this.#options.onApplied(event)
    } catch (error) {
      this.#options.log.warn(`onApplied threw for view ${event.view}; the view itself is up to date.`, error)
    }
  }

  /** A process of another release must not write rows of its own shape. */
  #isOurs(definition: string | null): boolean {
    const { fingerprint, log, view } = this.#options
    if (definition === fingerprint) return true
    if (this.#warnedOf !== definition) {
      this.#warnedOf = definition
      const holds = definition === null ? 'does not hold it' : 'holds another definition of it'
      log.warn(
        `View ${view.name} is left alone: the database ${holds}. Run the migration, or start the release that fits.`,
      )
    }
    return false
  }
}
