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
import { startHouse } from './world/house.ts'

const SCRIPT = fileURLToPath(new URL('world/killed-download.ts', import.meta.url))
const PART = 8 * MIB

test('a download whose process is killed is gone on with by the next one, and nothing is fetched twice', async () => {
  await using house = await startHouse()
  await using bellhop = connect({ url: house.api.url })
  const bytes = randomBytes(6 * PART)
  const id = await house.place('race.bin', bytes)
  const path = join(house.dir, 'race.bin')
  const partOf = (range = '') => Number(/\d+/.exec(range)?.[0]) / PART + 1
  // The last three never come, so that the process is in the middle of it.
  house.network.fault = ({ headers }) => (partOf(headers.range) > 3 ? { silent: true } : undefined)
  const child = spawn(process.execPath, [SCRIPT, house.api.url, id, path], { stdio: 'inherit' })
  const exited = once(child, 'exit')
  await expect
    .poll(() => readFile(`${path}.part.json`, 'utf8').catch(() => ''), { timeout: 20_000 })
    .toContain(`"arrived":[[0,${3 * PART}]]`)
  child.kill('SIGKILL')
  await exited
  expect(existsSync(path)).toBe(false)

  house.network.fault = () => undefined
  house.network.seen.length = 0
  await bellhop.files.download(id, path)
  expect(bytes.equals(await readFile(path))).toBe(true)
  expect(house.network.seen.map(({ headers }) => partOf(headers.range)).toSorted((a, b) => a - b)).toEqual([4, 5, 6])
  expect((await readdir(house.dir)).filter((name) => name.startsWith('race'))).toEqual(['race.bin'])
})
