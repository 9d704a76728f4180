import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { JOB_KINDS, newId } from '@bellhop/model'
import { expect, test, vi } from 'vitest'
import { datasetProfileProcessor } from '../../src/processors/dataset/dataset-profile.ts'
import { imageVariantsProcessor } from '../../src/processors/image/image-variants.ts'
import { datasetJob } from './datasets.ts'
import { photo } from './images.ts'
import { processesIn } from './processes-in.ts'
import { tempJob } from './temp-job.ts'

const onLinux = test.runIf(process.platform === 'linux')

function largeCsv(): string {
  return `a,b,c\n${Array.from({ length: 600_000 }, (_, index) => `${index},text ${index * 7},${index / 3}\n`).join('')}`
}

onLinux('an abort kills the child of a dataset in the middle of its work', async () => {
  await using job = await datasetJob('large.csv', largeCsv())
  const running = datasetProfileProcessor.run(job.run)
  const outcome = running.catch((error: unknown) => error)
  await vi.waitFor(() => expect(job.progress.at(-1)?.stage).toBe('reading'), { timeout: 10_000, interval: 5 })
  expect(await processesIn(job.scratchDir)).toHaveLength(1)
  job.controller.abort(new Error('cancelled by the test'))
  expect(await outcome).toEqual(new Error('cancelled by the test'))
  expect(await processesIn(job.scratchDir)).toEqual([])
})

onLinux('an abort kills the child of an image in the middle of an encoding', async () => {
  const input = JOB_KINDS['image.variants'].input.parse({ fileId: newId('file'), widths: [4000], formats: ['avif'] })
  await using job = await tempJob({ name: 'a.jpg', mediaType: 'image/jpeg', bytes: await photo() }, input)
  const outcome = imageVariantsProcessor.run(job.run).catch((error: unknown) => error)
  // The thumbnail is done, and the one large variant is not.
  const encoding = { stage: 'encoding', fraction: expect.toSatisfy((fraction: number) => fraction > 0) as number }
  await vi.waitFor(() => expect(job.progress.at(-1)).toEqual(encoding), { timeout: 10_000, interval: 5 })
  expect(await processesIn(job.scratchDir)).toHaveLength(1)
  job.controller.abort(new Error('cancelled by the test'))
  expect(await outcome).toEqual(new Error('cancelled by the test'))
  expect(await processesIn(job.scratchDir)).toEqual([])
})

test('a job that is aborted before it begins starts no child', async () => {
  await using job = await datasetJob('a.csv', 'a,b\n1,2\n')
  job.controller.abort(new Error('too late'))
  await expect(datasetProfileProcessor.run(job.run)).rejects.toThrow('too late')
  expect(job.progress).toEqual([{ fraction: 0, stage: 'downloading' }])
})

onLinux('a child that is killed from outside, as for want of memory, is no fault of the file', async () => {
  await using job = await datasetJob('large.csv', largeCsv())
  const outcome = datasetProfileProcessor.run(job.run).catch((error: unknown) => error)
  await vi.waitFor(() => expect(job.progress.at(-1)?.stage).toBe('reading'), { timeout: 10_000, interval: 5 })
  const [child = 0] = await processesIn(job.scratchDir)
  process.kill(child, 'SIGKILL')
  expect(await outcome).toEqual(new Error('A child process ended without an answer (SIGKILL).'))
})

test('a child that cannot be started fails the job', async () => {
  await using job = await datasetJob('a.csv', 'a,b\n1,2\n')
  const download: typeof job.run.objects.download = async (id, path) => {
    const source = await job.run.objects.download(id, path)
    await rm(job.scratchDir, { recursive: true })
    return source
  }
  const run = { ...job.run, objects: { ...job.run.objects, download } }
  await expect(datasetProfileProcessor.run(run)).rejects.toThrow('ENOENT')
})

onLinux('when the worker is killed its child dies by itself', async () => {
  await using job = await datasetJob('large.csv', largeCsv())
  await job.run.objects.download(newId('file'), `${job.scratchDir}/source`)
  const worker = spawn(
    process.execPath,
    [fileURLToPath(new URL('orphaning-worker.ts', import.meta.url)), job.scratchDir],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  expect(await once(createInterface(worker.stdout), 'line')).toEqual(['reading'])
  const [child = 0] = await processesIn(job.scratchDir)
  expect(await readFile(`/proc/${child}/cmdline`, 'utf8')).toContain('dataset-child.ts')
  // What the child must not see: the worker's environment.
  expect(await readFile(`/proc/${child}/environ`, 'utf8')).not.toContain('S3_SECRET_ACCESS_KEY')
  worker.kill('SIGKILL')
  await vi.waitFor(async () => expect(await processesIn(job.scratchDir)).toEqual([]), { timeout: 10_000, interval: 10 })
})
