import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect } from '@bellhop/client'
import type { Bellhop } from '@bellhop/client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { STEPS } from './protocol-tap.ts'
import type { Moment, Step } from './protocol-tap.ts'
import { sha256Of, writeNoise } from './sample-files.ts'
import type { SampleFile } from './sample-files.ts'
import { TappedBellhop } from './tapped-bellhop.ts'

const COMMAND = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url))
const MIB = 1024 * 1024
/** More than come with the plan, so that keys are asked for along the way. */
const PARTS = 5

type Victim = 'client' | 'server' | 'both'

/** Every message of an upload, before it arrives and after it was done; a part also in its middle. */
const moments = Object.values(STEPS).flatMap((steps) =>
  steps.flatMap((step): [Moment, Step][] => [
    ['before', step],
    ...(step === 'UploadPart' ? [['amid', step] as [Moment, Step]] : []),
    ['after', step],
  ]),
)

/** Each alone at every moment; both at once where something has already happened, unless all is asked for. */
function momentsOf(victim: Victim): readonly [Moment, Step][] {
  const all = victim !== 'both' || process.env['BELLHOP_KILL'] === 'every'
  return all ? moments : moments.filter(([moment]) => moment !== 'before')
}

let bellhop: TappedBellhop
let dir: string
let sample: SampleFile
let asked: Bellhop

/** The tests of one file: each has a platform of its own. */
export function killAtEveryStep(victim: Victim): void {
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'bellhop-kill-steps-'))
    bellhop = await TappedBellhop.start()
    sample = await writeNoise(join(dir, 'noise.bin'), PARTS * 8 * MIB - 4_321)
    asked = connect({ url: bellhop.url, apiKey: bellhop.apiKey })
  })
  afterAll(async () => {
    await asked?.[Symbol.asyncDispose]()
    await bellhop?.[Symbol.asyncDispose]()
    await rm(dir, { recursive: true, force: true })
  })

  describe.each(momentsOf(victim))(`kill -9 of ${victim}, %s %s`, (moment, step) => {
    test('ends in one whole file, and nothing else', async () => {
      const before = await idsOfFiles()
      // State and cache of the client's person, not of whoever runs the tests.
      const home = await mkdtemp(join(dir, 'home-'))
      let client = upload(home)
      const tap = step.startsWith('uploads.') ? bellhop.taps.client : bellhop.taps.store
      const sprung = Promise.withResolvers<void>()
      tap.set({
        step,
        moment,
        spring() {
          if (victim !== 'server') client.kill('SIGKILL')
          if (victim !== 'client') bellhop.killServer()
          sprung.resolve()
        },
      })
      await Promise.race([sprung.promise, failed(client)])
      if (victim !== 'server') {
        await ended(client)
        await bellhop.reviveServer()
        client = upload(home)
      } else {
        await bellhop.reviveServer()
      }
      expect(await ended(client)).toBe(0)

      const [id, ...others] = await newFiles(before)
      expect(others).toEqual([])
      const copy = join(home, 'copy')
      await asked.files.download(id!, copy)
      expect(await sha256Of(copy)).toBe(sample.sha256)
      expect((await asked.files.get(id!)).status).toBe('READY')
      await asked.files.delete(id!)
      await rm(home, { recursive: true, force: true })
    })
  })
}

/** Ready or not. */
async function idsOfFiles() {
  const { items } = await asked.catalog.search({ sort: 'newest', limit: 100 })
  return items.map(({ id }) => id)
}

/** What the catalog shows that it did not show before, once it has taken everything in. */
async function newFiles(before: readonly string[]) {
  const found = await vi.waitUntil(
    async () => {
      const { items, freshness } = await asked.catalog.search({ sort: 'newest', limit: 100 })
      return !freshness.stale && items.some(({ id }) => !before.includes(id)) && items
    },
    { timeout: 10_000, interval: 50 },
  )
  return found.map(({ id }) => id).filter((id) => !before.includes(id))
}

function upload(home: string): ChildProcess {
  return spawn(process.execPath, [COMMAND, 'upload', '--resume', '--no-jobs', '--json', sample.path], {
    env: { PATH: process.env['PATH'] ?? '', HOME: home, BELLHOP_URL: bellhop.url, BELLHOP_API_KEY: bellhop.apiKey },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

/** A client that gives up before the trap springs would leave the test waiting. */
async function failed(child: ChildProcess): Promise<never> {
  const code = await ended(child)
  if (child.signalCode === 'SIGKILL') return new Promise(() => {})
  throw new Error(`The client ended with ${code} before its message came.`)
}
