import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** A worker as a process of its own. Rejects with its sentence when it cannot start. */
export async function startWorkerProcess(
  environment: Readonly<Record<string, string>>,
): Promise<{ child: ChildProcess } & AsyncDisposable> {
  const child = fork(MAIN, { env: { ...process.env, ...environment }, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const gone = new AbortController()
  child.once('exit', (code, signal) =>
    gone.abort(new Error(`The worker ended with ${signal ?? code} and said nothing.`)),
  )
  const [message] = (await once(child, 'message', { signal: gone.signal })) as [{ type: string; message?: string }]
  if (message.type !== 'ready') throw new Error(message.message)
  return {
    child,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
}

export function isAlive(pid: number): boolean {
  try {
    // A zombie has no command line any more.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== ''
  } catch {
    return false
  }
}
