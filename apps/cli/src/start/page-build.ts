import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const WEB = join(ROOT, 'apps/web')
/** What the page is made of. */
const SOURCES = [
  'apps/web/src',
  'apps/web/index.html',
  'apps/web/vite.config.ts',
  'packages/client/src',
  'packages/model/src',
  'packages/react/src',
]
const KEPT_OUTPUT_CHARS = 4_000

/** Builds the web page when it was never built, or its sources have changed since. */
export async function buildPage(say: (line: string) => void, signal: AbortSignal): Promise<void> {
  if (!existsSync(join(WEB, 'package.json')) || isFresh()) return
  say('Building the page…')
  const vite = join(dirname(createRequire(join(WEB, 'package.json')).resolve('vite/package.json')), 'bin/vite.js')
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: WEB,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-KEPT_OUTPUT_CHARS)
    })
  }
  const [code]: unknown[] = await once(child, 'close')
  if (code !== 0) throw new Error(`The page could not be built:\n${printed}`)
}

function isFresh(): boolean {
  const built = join(WEB, 'dist/index.html')
  if (!existsSync(built)) return false
  const builtAtMs = statSync(built).mtimeMs
  return SOURCES.every((source) => newestMs(join(ROOT, source)) <= builtAtMs)
}

function newestMs(path: string): number {
  if (!existsSync(path)) return 0
  const stats = statSync(path)
  if (!stats.isDirectory()) return stats.mtimeMs
  return Math.max(0, ...readdirSync(path).map((name) => newestMs(join(path, name))))
}
