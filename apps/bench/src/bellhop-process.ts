import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** As `pnpm bellhop` has it. */
export const NODE_FLAGS = ['--max-semi-space-size=2']
export const BELLHOP_COMMAND = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url))
const HOST = '127.0.0.1'
/** The first start after an install builds the page. */
const READY_MS = 120_000
const LOOK_EVERY_MS = 10
const STOP_MS = 30_000
const KEPT_OUTPUT_CHARS = 4_000

export interface BellhopProcess extends AsyncDisposable {
  readonly url: string
  /** From the start of the process to the first 200 of `/healthz`, seen within 10 ms. */
  readonly readyMs: number
  /** Its stderr so far, or the end of it. */
  said(): string
}

/** Runs `bellhop start` as a person does, on the data folder. Disposing stops it and waits until it is gone. */
export async function startBellhop(
  dataDir: string,
  { env = {}, signal }: { env?: Readonly<Record<string, string>>; signal: AbortSignal },
): Promise<BellhopProcess> {
  const { PATH = '', HOME = '' } = process.env
  const port = await freePort()
  const startedAtMs = performance.now()
  const child = spawn(process.execPath, [BELLHOP_COMMAND, 'start'], {
    env: { PATH, HOME, BELLHOP_DATA_DIR: dataDir, HOST, PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-KEPT_OUTPUT_CHARS)
  })
  const exited = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    await exited
    clearTimeout(timer)
  }
  const ended = new AbortController()
  void exited.then(() => ended.abort(new Error(`\`bellhop start\` ended before it was ready:\n${said}`)))
  const url = `http://${HOST}:${port}`
  try {
    await healthy(url, AbortSignal.any([signal, ended.signal, AbortSignal.timeout(READY_MS)]))
  } catch (error) {
    await stop()
    throw error
  }
  return { url, readyMs: performance.now() - startedAtMs, said: () => said, [Symbol.asyncDispose]: stop }
}

async function healthy(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    // Nobody listens yet.
    const answer = await fetch(`${url}/healthz`, { signal }).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.status === 200) return
    signal.throwIfAborted()
    await delay(LOOK_EVERY_MS, undefined, { signal })
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, HOST)
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
