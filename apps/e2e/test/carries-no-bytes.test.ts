import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@bellhop/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MemoryWatch } from '../src/memory-watch.ts'
import { startBellhop } from '../src/start-bellhop.ts'
import type { RunningBellhop } from '../src/start-bellhop.ts'
import { UploadingProcess } from '../src/uploading-process.ts'

const MIB = 1024 * 1024
const GIB = 1024 * MIB
const MAX_CARRIED_BYTES = MIB
const MAX_RESIDENT_BYTES = 250 * MIB

let bellhop: RunningBellhop
let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bellhop-e2e-files-'))
  bellhop = await startBellhop()
})

afterAll(async () => {
  await bellhop?.[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
})

test('of 1 GiB that is uploaded, less than 1 MiB goes through the server, and neither side grows past 250 MiB', async () => {
  const path = join(dir, 'large.bin')
  const file = await open(path, 'w')
  await file.truncate(GIB)
  await file.close()

  const before = await httpBytes(bellhop.url)
  await using upload = new UploadingProcess({ url: bellhop.url, apiKey: bellhop.apiKey, path })
  using memory = new MemoryWatch({ server: bellhop.pidOf('server'), client: upload.pid })
  const fileId = await upload.done()
  const after = await httpBytes(bellhop.url)

  const carried = { received: after.received - before.received, sent: after.sent - before.sent }
  const peaks = { server: memory.peakBytes('server'), client: memory.peakBytes('client') }
  console.log(
    `1 GiB: the server received ${carried.received} B and sent ${carried.sent} B; ` +
      `resident at most: server ${Math.round(peaks.server / MIB)} MiB, client ${Math.round(peaks.client / MIB)} MiB`,
  )
  await using sdk = connect({ url: bellhop.url, apiKey: bellhop.apiKey })
  const integrity = expect.stringMatching(/^(store-sha256|sha256-parts)$/)
  expect(await sdk.files.get(fileId)).toMatchObject({ status: 'READY', sizeBytes: GIB, integrity })
  expect(carried.received + carried.sent).toBeGreaterThan(0)
  expect(carried.received + carried.sent).toBeLessThan(MAX_CARRIED_BYTES)
  expect(peaks.client).toBeGreaterThan(0)
  expect(Math.max(peaks.server, peaks.client)).toBeLessThan(MAX_RESIDENT_BYTES)
})

async function httpBytes(url: string): Promise<{ received: number; sent: number }> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const of = (name: string) => {
    const value = new RegExp(`^bellhop_http_${name}_bytes_total (\\S+)$`, 'm').exec(text)?.[1]
    if (value === undefined) throw new Error(`/metrics does not tell bellhop_http_${name}_bytes_total.`)
    return Number(value)
  }
  return { received: of('received'), sent: of('sent') }
}
