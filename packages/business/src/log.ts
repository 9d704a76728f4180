import type { Log } from './platform.ts'
import { withoutSecrets } from './secrets.ts'

const CAUSES_DEEP = 5

/** Writes one line a message to stderr: JSON for a collector, plain for a terminal. Signatures of keys are cut out. */
export function consoleLog(name: string, options: { json: boolean }): Log {
  function write(level: 'info' | 'warn' | 'error', message: string, facts: Readonly<Record<string, unknown>>): void {
    const line = options.json
      ? JSON.stringify({ at: new Date().toISOString(), level, name, message, ...facts })
      : `${name}: ${message}${Object.entries(facts)
          .map(([key, value]) => ` ${key}=${String(value)}`)
          .join('')}`
    process.stderr.write(`${withoutSecrets(line)}\n`)
  }
  return {
    info: (message, facts = {}) => write('info', message, facts),
    warn: (message, cause) => write('warn', message, causeFacts(cause)),
    error: (message, cause) => write('error', message, causeFacts(cause)),
  }
}

function causeFacts(cause: unknown): Readonly<Record<string, unknown>> {
  if (cause === undefined) return {}
  const chain: string[] = []
  let at: unknown = cause
  for (let depth = 0; depth < CAUSES_DEEP && at !== undefined; depth++) {
    chain.push(
      at instanceof Error ? (depth === 0 ? (at.stack ?? at.message) : `${at.name}: ${at.message}`) : describe(at),
    )
    at = at instanceof Error ? at.cause : undefined
  }
  return { cause: chain.join(' ← ') }
}

function describe(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
}
