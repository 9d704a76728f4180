import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
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

/** Before any test runs: `start` would build the page too, but within the time of the first test, and of two at once. */
export default async function buildPage(): Promise<void> {
  const built = join(WEB, 'dist/index.html')
  if (existsSync(built) && SOURCES.every((source) => newestMs(join(ROOT, source)) <= statSync(built).mtimeMs)) return
  const vite = createRequire(join(WEB, 'package.json')).resolve('vite/package.json')
  const args = [join(dirname(vite), 'bin/vite.js'), 'build', '--logLevel', 'warn']
  // Under a test runner it would be built as one for development, and be left so for whoever starts Bellhop next.
  const env = { ...process.env, NODE_ENV: 'production' }
  const child = spawn(process.execPath, args, { cwd: WEB, env, stdio: ['ignore', 'ignore', 'inherit'] })
  const [code]: unknown[] = await once(child, 'close')
  if (code !== 0) throw new Error(`The page could not be built: vite ended with ${String(code)}.`)
}

function newestMs(path: string): number {
  const stats = statSync(path)
  if (!stats.isDirectory()) return stats.mtimeMs
  return Math.max(0, ...readdirSync(path).map((name) => newestMs(join(path, name))))
}
