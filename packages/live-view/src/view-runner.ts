import { type Sql } from 'postgres'
import { type Applied } from './applied.ts'
import { applyChunk } from './apply.ts'
import { backOffMs } from './back-off.ts'
import { whenDue } from './due.ts'
import { type KeeperLog } from './keeper-log.ts'
import { type LiveView } from './live-view.ts'
import { isPending, type PendingView } from './pending.ts'
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
  isWorthPolling(pending: PendingView): boolean {
    if (!isPending(pending) || !this.#isOurs(pending.definition) || this.#failures > 0) return false
    return pending.logs.some((log) => ['now', 'soon'].includes(whenDue(this.#options.view, pending, log)))
  }

  /** Whether everything that waits, waits for a schedule. */
  isIdle(pending: PendingView): boolean {
    return pending.logs.every((log) => ['later', 'never'].includes(whenDue(this.#options.view, pending, log)))
  }

  startIfDue(pending: PendingView): void {
    const { view, signal } = this.#options
    if (!isPending(pending) || signal.aborted || this.#running !== undefined) return
    if (performance.now() < this.#notBefore || !this.#isOurs(pending.definition)) return
    const due = pending.logs.filter((log) => whenDue(view, pending, log) === 'now').map(({ log }) => log)
    if (due.length === 0) return
    this.#running = this.#run(due).finally(() => {
      this.#running = undefined
      this.#options.onSettled()
    })
  }

  /** When no run is under way any more. */
  async settled(): Promise<void> {
    await this.#running
  }

  async #run(due: readonly string[]): Promise<void> {
    const { sql, view, signal, log } = this.#options
    const startedAt = performance.now()
    try {
      await this.#bringUpToDate(due)
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

  async #bringUpToDate(due: readonly string[]): Promise<void> {
    const { sql, view, signal } = this.#options
    if (view.strategy !== 'realtime') {
      const applied = await refresh(sql, view, { signal })
      if (applied !== undefined) this.#report(applied)
      return
    }
    for (const log of due) await this.#applyLog(view, log)
  }

  async #applyLog(view: LiveView, log: string): Promise<void> {
    const { sql, signal } = this.#options
    for (let chunk = 0; chunk < CHUNKS_PER_RUN_MAX; chunk += 1) {
      const outcome = await applyChunk(sql, view, { signal, log })
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
