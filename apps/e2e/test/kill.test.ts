import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@bellhop/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isAlive, processesOfFolder } from '../src/processes.ts'
import { sha256Of, writeNoise, writeOrders } from '../src/sample-files.ts'
import type { SampleFile } from '../src/sample-files.ts'
import { runCommand, startBellhop } from '../src/start-bellhop.ts'
import type { RunningBellhop } from '../src/start-bellhop.ts'
import { UploadingProcess } from '../src/uploading-process.ts'

const MIB = 1024 * 1024

let dir: string
let running: RunningBellhop
let table: SampleFile & { readonly rows: number }
let large: SampleFile

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bellhop-e2e-files-'))
  running = await startBellhop()
  // Long enough to be in the middle of, both.
  table = await writeOrders(join(dir, 'orders.csv'), 150_000_000)
  large = await writeNoise(join(dir, 'large.bin'), 256 * MIB + 12_345)
})

afterAll(async () => {
  await running?.[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

test('kill -9 of everything amid an upload and a job loses nothing: both end after the next start', async () => {
  const { killed, uploadId, tableId, jobId } = await killInTheMiddle()
  expect(killed.map(({ commandLine }) => commandLine).join('\n')).toMatch(/apps\/worker[^]*postgres/)
  expect(processesOfFolder(running.dataDir)).toEqual([])

  await running.restart()
  expect(killed.filter(isAlive)).toEqual([])
  await using bellhop = connect({ url: running.url, apiKey: running.apiKey })
  const resumedFrom: number[] = []
  const [file, job] = await Promise.all([
    bellhop.files.resume(uploadId, large.path, { onProgress: ({ sentBytes }) => resumedFrom.push(sentBytes) }),
    bellhop.jobs.wait<'dataset.profile'>(jobId),
  ])
  expect(resumedFrom[0]).toBeGreaterThan(0)
  expect(resumedFrom[0]).toBeLessThan(large.sizeBytes)
  expect(file).toMatchObject({ name: 'large.bin', status: 'READY', sizeBytes: large.sizeBytes })
  expect(job).toMatchObject({ status: 'COMPLETED', output: { rowCount: table.rows } })
  expect(job.attempt).toBeGreaterThan(1)
  expect(job.history.map(({ status }) => status)).toEqual(
    expect.arrayContaining(['PENDING', 'PROCESSING', 'FAILED', 'COMPLETED']),
  )

  for (const [id, sample] of [
    [file.id, large],
    [tableId, table],
  ] as const) {
    const path = join(dir, 'again')
    await bellhop.files.download(id, path)
    expect(await sha256Of(path)).toBe(sample.sha256)
    await rm(path)
  }
  await expect
    .poll(async () => (await bellhop.catalog.search({ sort: 'name' })).items, { timeout: 10_000 })
    .toMatchObject([
      { id: file.id, status: 'READY' },
      { id: tableId, status: 'READY', rowCount: table.rows, jobs: { active: 0, failed: 0 } },
    ])
}, 180_000)

test('a second start on the same folder says who holds it, and the first runs on', async () => {
  const second = await runCommand(['start'], { BELLHOP_DATA_DIR: running.dataDir, PORT: '0' })
  expect(second).toMatchObject({ code: 1, stdout: '' })
  expect(second.stderr).toContain(`is held by process ${running.pid} `)
  expect((await fetch(`${running.url}/healthz`)).status).toBe(200)
})

test('Ctrl-C stops everything and leaves no process', async () => {
  const all = running.pids()
  expect(all.length).toBeGreaterThan(4)
  expect(await running.stop()).toBe(0)
  expect(all.filter(isAlive)).toEqual([])
  expect(processesOfFolder(running.dataDir)).toEqual([])
})

/** While the job runs and the large file is partly there, all at once. */
async function killInTheMiddle() {
  await using bellhop = connect({ url: running.url, apiKey: running.apiKey })
  const { id: tableId, jobs } = await bellhop.files.upload(table.path)
  const [job] = jobs
  if (!job) throw new Error('No job started by itself.')
  for await (const { status } of bellhop.jobs.watch(job.id)) if (status === 'PROCESSING') break
  await using upload = new UploadingProcess({ url: running.url, apiKey: running.apiKey, path: large.path })
  const uploadId = await upload.sentMoreThan(large.sizeBytes / 5)
  const killed = await running.killAll()
  return { killed, uploadId, tableId, jobId: job.id }
}
