import type { OutputId } from '@bellhop/model'
import type { Loader, LoaderCallbacks, LoaderConfiguration, LoaderContext, LoaderStats } from 'hls.js'
import { type HlsLevel, masterOf, withAddresses } from './hls-level.ts'
import type { MediaKeys } from './media-keys.ts'

/** How outputs are called towards hls.js, since the addresses of their keys change while it plays. */
const addressOf = (id: OutputId) => `output:${id}`
export const MASTER = 'output:master'

/** Which of the levels hls.js means by an address. */
export function levelAt(levels: readonly HlsLevel[], address: string | undefined): HlsLevel | undefined {
  return levels.find(({ id }) => addressOf(id) === address)
}

/** A loader of hls.js that reads outputs through keys. */
export function outputLoader(levels: readonly HlsLevel[], keys: MediaKeys): new () => Loader<LoaderContext> {
  return class OutputLoader implements Loader<LoaderContext> {
    context: LoaderContext | null = null
    readonly stats: LoaderStats = newStats()
    readonly #controller = new AbortController()
    #callbacks: LoaderCallbacks<LoaderContext> | null = null

    load(context: LoaderContext, { loadPolicy }: LoaderConfiguration, callbacks: LoaderCallbacks<LoaderContext>): void {
      this.context = context
      this.#callbacks = callbacks
      this.stats.loading.start = performance.now()
      const late = AbortSignal.timeout(loadPolicy.maxLoadTimeMs)
      const signal = AbortSignal.any([this.#controller.signal, late])
      this.#read(context, signal).then(
        ({ data, code }) => callbacks.onSuccess({ url: context.url, data, code }, this.stats, context, null),
        (error: unknown) => {
          if (this.#controller.signal.aborted) return
          if (late.aborted) callbacks.onTimeout(this.stats, context, null)
          else callbacks.onError({ code: statusOf(error), text: String(error) }, context, null, this.stats)
        },
      )
    }

    abort(): void {
      if (this.#controller.signal.aborted || this.stats.loading.end > 0) return
      this.stats.aborted = true
      this.#controller.abort()
      if (this.context !== null) this.#callbacks?.onAbort?.(this.stats, this.context, null)
    }

    destroy(): void {
      this.#callbacks = null
      this.#controller.abort()
    }

    async #read(context: LoaderContext, signal: AbortSignal): Promise<{ data: string | ArrayBuffer; code: number }> {
      const { url, rangeStart, rangeEnd } = context
      if (url === MASTER) return { data: this.#done(masterOf(levels, ({ id }) => addressOf(id))), code: 200 }
      const level = levelAt(levels, url)
      const id =
        level?.id ?? levels.flatMap((each) => [...each.outputs.values()]).find((each) => addressOf(each) === url)
      if (id === undefined) throw new Error(`There is no output at ${url}.`)
      const ranged = rangeEnd === undefined ? {} : { headers: { range: `bytes=${rangeStart ?? 0}-${rangeEnd - 1}` } }
      const answer = await keys.fetch(id, { ...ranged, signal })
      if (!answer.ok) throw new Refused(answer.status)
      this.stats.loading.first = performance.now()
      if (level === undefined) return { data: this.#done(await answer.arrayBuffer()), code: answer.status }
      return { data: this.#done(withAddresses(await answer.text(), level, addressOf)), code: answer.status }
    }

    #done<T extends string | ArrayBuffer>(data: T): T {
      const { stats } = this
      stats.loading.first ||= performance.now()
      stats.loading.end = performance.now()
      stats.loaded = stats.total = typeof data === 'string' ? data.length : data.byteLength
      return data
    }
  }
}

class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number
  constructor(status: number) {
    super(`The store answered ${status}.`)
    this.status = status
  }
}

/** 0, as a browser says of what it could not reach. */
function statusOf(error: unknown): number {
  return error instanceof Refused ? error.status : 0
}

function newStats(): LoaderStats {
  return {
    aborted: false,
    loaded: 0,
    retry: 0,
    total: 0,
    chunkCount: 0,
    bwEstimate: 0,
    loading: { start: 0, first: 0, end: 0 },
    parsing: { start: 0, end: 0 },
    buffering: { start: 0, first: 0, end: 0 },
  }
}
