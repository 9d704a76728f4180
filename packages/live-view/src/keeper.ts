import { type Sql } from 'postgres'
import { Alarm } from './alarm.ts'
import { type Applied } from './applied.ts'
import { auditForever, type AuditPlan } from './auditor.ts'
import { LiveViewError } from './error.ts'
import { type KeeperLog } from './keeper-log.ts'
import { WAKE_CHANNEL } from './log-ddl.ts'
import { pendingViews, promisePolling, PROMISED_POLLING_MS, type PendingView } from './pending.ts'
import { backOffMs } from './back-off.ts'
import { probeForever } from './service.ts'
import { viewDefinition } from './view-ddl.ts'
import { type AnyView } from './view.ts'
import { ViewRunner } from './view-runner.ts'
import { listenForWakes } from './wake-listener.ts'

/** Between looks at the log while there is, or lately was, something in it; and when there is not. */
const POLL_ACTIVE_MS = 25
const POLL_IDLE_MS = 1_000

/**
 * How long after the last work to go on polling. It outlasts the promise made to writers, so that one who was told
 * "awake" and commits late is still seen by a poll; later still, the idle poll sees it.
 */
const ACTIVE_MS = PROMISED_POLLING_MS + 2_000

export interface KeepViewsFreshOptions {
  /** A pool of at least two connections, and one more for each view that should be applied beside the others. */
  readonly sql: Sql
  readonly views: readonly AnyView[]
  /** Ends the keeper as disposing does. */
  readonly signal?: AbortSignal
  /** Default: silent. */
  readonly log?: KeeperLog
  /** Called after each commit that changed rows of a view, or refreshed it. Keep it short; what it throws is logged. */
  readonly onApplied?: (event: Applied) => void
  /** Compares some keys of each keyed view again and again, and has what drifted recomputed. Default: not done. */
  readonly audit?: AuditPlan
}

export interface ViewKeeper extends AsyncDisposable {
  /**
   * Resolves when no view of this keeper has anything pending that was committed before the call, but what waits for a
   * schedule or is paused.
   * @throws LiveViewError `keeper_stopped`; the signal's reason when aborted
   */
  idle(options?: { readonly signal?: AbortSignal }): Promise<void>
}

/**
 * Applies the dirty logs of `views` until disposed or aborted. Any number of processes may do so at once: each view
 * has one applier at a time, and the others take over when it dies. Needs no other set-up than the landed migration.
 */
export function keepViewsFresh(options: KeepViewsFreshOptions): ViewKeeper {
  return new Keeper(options)
}

interface Waiter {
  readonly since: number
  readonly done: (error?: Error) => void
}

class Keeper implements ViewKeeper {
  readonly #sql: Sql
  readonly #views: readonly AnyView[]
  readonly #log: KeeperLog
  readonly #runners: ReadonlyMap<string, ViewRunner>
  readonly #stop = new AbortController()
  readonly #alarm = new Alarm()
  readonly #finished: Promise<unknown>
  readonly #waiters = new Set<Waiter>()
  #activeUntil = performance.now() + ACTIVE_MS
  #pollFailures = 0

  constructor({ sql, views, signal, log = { warn: () => {} }, onApplied = () => {}, audit }: KeepViewsFreshOptions) {
    this.#sql = sql
    this.#views = views
    this.#log = log
    this.#stop.signal.addEventListener('abort', () => this.#alarm.ring(), { once: true })
    const onSettled = () => this.#alarm.ring()
    this.#runners = new Map(
      views.map((view) => {
        const { fingerprint } = viewDefinition(view)
        return [
          view.name,
          new ViewRunner({ sql, view, fingerprint, log, onApplied, onSettled, signal: this.#stop.signal }),
        ]
      }),
    )
    const abort = () => this.#stop.abort(signal?.reason)
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
    this.#finished = Promise.all([
      this.#poll(),
      probeForever({ sql, views, log, signal: this.#stop.signal }),
      ...(audit === undefined ? [] : [auditForever({ sql, views, plan: audit, log, signal: this.#stop.signal })]),
      listenForWakes({
        sql,
        channel: WAKE_CHANNEL,
        signal: this.#stop.signal,
        onWake: () => this.#wake(),
        onError: (error) => log.warn('Lost the connection that listens for changes; polling goes on.', error),
      }),
    ]).finally(() => signal?.removeEventListener('abort', abort))
  }

  async idle({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    signal?.throwIfAborted()
    if (this.#stop.signal.aborted) throw stopped()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiter: Waiter = {
      since: performance.now(),
      done: (error) => (error === undefined ? resolve() : reject(error)),
    }
    const abort = () => reject(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    this.#waiters.add(waiter)
    this.#wake()
    try {
      await promise
    } finally {
      this.#waiters.delete(waiter)
      signal?.removeEventListener('abort', abort)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#finished
  }

  #wake(): void {
    this.#activeUntil = performance.now() + ACTIVE_MS
    this.#alarm.ring()
  }

  async #poll(): Promise<void> {
    while (!this.#stop.signal.aborted) await this.#alarm.sleep(await this.#look())
    await Promise.all([...this.#runners.values()].map((runner) => runner.settled()))
    for (const { done } of this.#waiters) done(stopped())
  }

  /** Looks at the log once and starts what is due. Returns how long to sleep. */
  async #look(): Promise<number> {
    const lookedAt = performance.now()
    try {
      const pending = await pendingViews(this.#sql, this.#views)
      await this.#startDue(pending)
      this.#pollFailures = 0
      if (pending.every((state) => this.#runners.get(state.view)?.isIdle(state))) this.#answerWaiters(lookedAt)
    } catch (error) {
      this.#pollFailures += 1
      this.#log.warn('Could not look for changes of views; will try again.', error)
      return backOffMs(this.#pollFailures)
    }
    return performance.now() < this.#activeUntil ? POLL_ACTIVE_MS : POLL_IDLE_MS
  }

  async #startDue(pending: readonly PendingView[]): Promise<void> {
    for (const state of pending) this.#runners.get(state.view)?.startIfDue(state)
    // A view that fails, or that another release keeps, is left to the idle poll.
    if (!pending.some((state) => this.#runners.get(state.view)?.isWorthPolling(state))) return
    this.#activeUntil = performance.now() + ACTIVE_MS
    await promisePolling(this.#sql)
  }

  #answerWaiters(lookedAt: number): void {
    for (const waiter of this.#waiters) if (waiter.since <= lookedAt) waiter.done()
  }
}

function stopped(): LiveViewError {
  return new LiveViewError('keeper_stopped', 'This keeper of views has been stopped.')
}
