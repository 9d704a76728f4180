import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MIB } from '@bellhop/model'
import { expect, test } from 'vitest'
import { connect } from '../src/index.ts'
import { API_KEY, startPlatform } from './world/platform.ts'

const SCRIPT = fileURLToPath(new URL('world/killed-download.ts', import.meta.url))
const PART = 8 * MIB

test('a download whose process is killed is gone on with by the next one, and nothing is fetched twice', async () => {
  await using platform = await startPlatform()
  await using bellhop = connect({ url: platform.api.url, apiKey: API_KEY })
  const bytes = randomBytes(6 * PART)
  const id = await platform.uploads.place('race.mp4', bytes, PART)
  const path = join(platform.dir, 'race.mp4')
  const partOf = (range = '') => Number(/\d+/.exec(range)?.[0]) / PART + 1
  // The last three never come, so that the process is in the middle of it.
  platform.network.fault = ({ headers }) => (partOf(headers.range) > 3 ? { silent: true } : undefined)
  const child = spawn(process.execPath, [SCRIPT, platform.api.url, id, path], { stdio: 'inherit' })
  const exited = once(child, 'exit')
  await expect
    .poll(() => readFile(`${path}.part.json`, 'utf8').catch(() => ''), { timeout: 20_000 })
    .toContain(`"arrived":[[0,${3 * PART}]]`)
  child.kill('SIGKILL')
  await exited
  expect(existsSync(path)).toBe(false)

  platform.network.fault = () => undefined
  platform.network.seen.length = 0
  await bellhop.files.download(id, path)
  expect(bytes.equals(await readFile(path))).toBe(true)
  expect(platform.network.seen.map(({ headers }) => partOf(headers.range)).toSorted((a, b) => a - b)).toEqual([4, 5, 6])
  expect((await readdir(platform.dir)).filter((name) => name.startsWith('race'))).toEqual(['race.mp4'])
})
