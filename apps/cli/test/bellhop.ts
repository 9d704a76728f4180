import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Invocation {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  /** What stdout holds by now, in whole lines. */
  said(): string
  /** Resolves with what stdout holds when it matches; rejects when the command ends before. */
  says(pattern: RegExp): Promise<string>
}

/** Runs the real command line. Nothing of this process's own settings reaches it. */
export function bellhop(args: readonly string[], env: Record<string, string> = {}, cwd?: string): Invocation {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH, HOME, ...env }, ...(cwd ? { cwd } : {}) })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
  return {
    process: child,
    ended,
    said: () => stdout.slice(0, stdout.lastIndexOf('\n') + 1),
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (pattern.test(stdout)) resolve(stdout)
        }
        child.stdout.on('data', look)
        look()
        void ended.then((end) => reject(new Error(`It ended (${end.code}) before it said ${pattern}: ${end.stderr}`)))
      }),
  }
}

export function run(args: readonly string[], env: Record<string, string> = {}, cwd?: string): Promise<Ended> {
  return bellhop(args, env, cwd).ended
}
