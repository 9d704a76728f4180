import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from './bellhop.ts'

let dir: string
/** Nobody listens there. */
let nowhere: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bellhop-cli-'))
  await writeFile(join(dir, 'a.csv'), 'a,b\n1,2\n')
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  nowhere = `http://127.0.0.1:${(probe.address() as AddressInfo).port}`
  probe.close()
})

afterAll(() => rm(dir, { recursive: true, force: true }))

test.concurrent.for([
  { args: [], says: /USAGE/ },
  { args: ['carry'], says: /There is no command `carry`/ },
  { args: ['upload'], says: /Missing required positional argument: FILES/ },
  { args: ['upload', 'a.csv', '--tag', 'x'], says: /There is no option `--tag` here/ },
  { args: ['upload', 'a', 'b', '--name', 'c'], says: /With --name, give one file/ },
  { args: ['upload', '.', '--name', 'c'], says: /With --name, give one file/ },
  { args: ['upload', '-', '--resume'], says: /Standard input cannot be read twice/ },
  { args: ['watch', 'file_1'], says: /`file_1` is no id of a job/ },
  { args: ['watch', 'job_01m81yb6hnf7zsmw5znz4jejvh', '--timeout', 'soon'], says: /Expected --timeout to be a number/ },
  { args: ['download', 'job_1'], says: /`job_1` is no id of a file or output/ },
  { args: ['verify', 'job_1'], says: /`job_1` is no id of a file/ },
  { args: ['keys', '--file', 'a.csv'], says: /`a.csv` is no id of a file/ },
  { args: ['keys', '--revoke', 'file_1'], says: /`file_1` is no id of a key/ },
  { args: ['keys', '--limit', '0'], says: /Expected --limit to be a whole number from 1/ },
])('wrong usage exits with 2 and says what is wrong: $args', async ({ args, says }, { expect: expectHere }) => {
  const { code, stdout, stderr } = await run(args, {}, dir)
  expectHere({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expectHere(stderr).toMatch(says)
})

test('help is no answer but talk, and exits with 0', async () => {
  const { code, stdout, stderr } = await run(['upload', '--help'])
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
  expect(stderr).toMatch(/--resume/)
})

test('without a key nobody is asked: exit 4', async () => {
  const { code, stderr } = await run(['upload', 'a.csv'], {}, dir)
  expect(code).toBe(4)
  expect(stderr).toMatch(/There is no API key for http:\/\/localhost:3000\.\nSet BELLHOP_API_KEY/)
})

test('the key of this machine is not sent to another', async () => {
  await writeFile(join(dir, 'admin-key'), 'bh_secret\n')
  await writeFile(join(dir, 'address'), 'http://localhost:9\n')
  const elsewhere = { BELLHOP_DATA_DIR: dir, BELLHOP_URL: nowhere }
  expect((await run(['upload', 'a.csv'], elsewhere, dir)).code).toBe(4)
})

test('a server that is not there is exit 1 and a sentence', async () => {
  const env = { BELLHOP_URL: nowhere, BELLHOP_API_KEY: 'bh_key' }
  const { code, stdout, stderr } = await run(['upload', 'a.csv'], env, dir)
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/The server cannot be reached \(ECONNREFUSED\)\.\nCheck that it runs/)
})

test('a file that is not there is exit 1, and the others are sent on their own', async () => {
  const env = { BELLHOP_URL: nowhere, BELLHOP_API_KEY: 'bh_key' }
  const { code, stderr } = await run(['upload', 'none.csv', 'nor-this.csv'], env, dir)
  expect(code).toBe(1)
  expect(stderr).toMatch(/none\.csv cannot be read \(ENOENT\)/)
  expect(stderr).toMatch(/nor-this\.csv cannot be read \(ENOENT\)/)
})

test('a port that is none is refused before anything starts', async () => {
  const { code, stderr } = await run(['start'], { PORT: 'http' }, dir)
  expect(code).toBe(2)
  expect(stderr).toMatch(/Expected `PORT` to be a whole number from 0 to 65535, got `http`/)
})
