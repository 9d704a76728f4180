import { type Sql } from 'postgres'
import { CHANGE_CHANNEL } from './log-ddl.ts'
import { listenForWakes } from './wake-listener.ts'

interface Listening {
  readonly watchers: Set<(view: string | undefined) => void>
  readonly stop: () => Promise<void>
}

const listening = new WeakMap<Sql, Listening>()

/**
 * Calls `onChange` whenever the view may have changed, over one connection for all who listen through this client, until
 * the returned function is called; the last one closes the connection.
 */
export function listenToChanges(sql: Sql, view: string, onChange: () => void): () => Promise<void> {
  const shared = listening.get(sql) ?? listen(sql)
  const hear = (changed: string | undefined) => {
    if (changed === undefined || changed === view) onChange()
  }
  shared.watchers.add(hear)
  return async () => {
    shared.watchers.delete(hear)
    if (shared.watchers.size > 0) return
    if (listening.get(sql) === shared) listening.delete(sql)
    await shared.stop()
  }
}

function listen(sql: Sql): Listening {
  const watchers: Listening['watchers'] = new Set()
  const end = new AbortController()
  const tell = (payload?: string) => {
    const view = payload === undefined ? undefined : viewIn(payload)
    for (const watcher of watchers) watcher(view)
  }
  // A lost line needs no word: watchers poll, and are called when it is back.
  const ended = listenForWakes({ sql, channel: CHANGE_CHANNEL, signal: end.signal, onWake: tell, onError: () => {} })
  const shared: Listening = {
    watchers,
    stop: async () => {
      end.abort()
      await ended
    },
  }
  listening.set(sql, shared)
  return shared
}

/** Undefined, which means any view, for what is not ours. */
function viewIn(payload: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(payload)
    if (typeof parsed !== 'object' || parsed === null || !('view' in parsed)) return undefined
    return typeof parsed.view === 'string' ? parsed.view : undefined
  } catch {
    return undefined
  }
}
