/**
 * Records how real jobs of real kinds told of their progress on this machine, for `calibration.unit.test.ts` to replay:
 * `node packages/business/test/estimates/record-traces.ts 7 > packages/business/test/estimates/traces.jsonl`, and with 11
 * for `unseen-traces.jsonl`. Takes some minutes. The object store is a folder; sizes and contents come from the seed, the
 * times are this machine's.
 */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { JOB_KINDS, newId } from '@bellhop/model'
import type { JobKindName, JobRun } from '@bellhop/model'
import sharp from 'sharp'
import { processorOf } from '../../src/processors/registry.ts'
import type { Trace } from './trace.ts'

/** Reports nearer than this to the one before, in the same stage, are left out. */
const LEAST_STEP = 0.02

interface Source {
  readonly kind: JobKindName
  readonly name: string
  readonly mediaType: string
  readonly bytes: Uint8Array | string
}

let seed = Number(process.argv[2] ?? 7)
/** From 0 to 1: a linear congruential generator, so that a second recording is of the same jobs. */
function random(): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}

function between(low: number, high: number): number {
  return Math.round(low * (high / low) ** random())
}

async function image(): Promise<Source> {
  const width = between(300, 4_500)
  const height = Math.round(width * (0.5 + random()))
  const noise = { type: 'gaussian', mean: 128, sigma: 10 + 30 * random() } as const
  const bytes = await sharp({ create: { width, height, channels: 3, background: 'white', noise } })
    .blur(2)
    .jpeg({ quality: 85 })
    .toBuffer()
  return { kind: 'image.variants', name: 'a.jpg', mediaType: 'image/jpeg', bytes }
}

function dataset(): Source {
  const columns = between(2, 14)
  const rows = between(500, 900_000)
  const header = Array.from({ length: columns }, (_, column) => `column ${column}`).join(',')
  const row = (at: number) =>
    Array.from({ length: columns }, (_, column) => (column % 3 === 1 ? `text ${(at * 7) % 977}` : at * column)).join(
      ',',
    )
  const lines = Array.from({ length: rows }, (_, at) => row(at))
  return { kind: 'dataset.profile', name: 'a.csv', mediaType: 'text/csv', bytes: `${header}\n${lines.join('\n')}\n` }
}

function anything(): Source {
  const bytes = Buffer.alloc(between(1 << 20, 700 << 20), 7)
  return { kind: 'file.verify', name: 'a.bin', mediaType: 'application/octet-stream', bytes }
}

async function record(source: Source): Promise<Trace> {
  const root = await mkdtemp(join(tmpdir(), 'bellhop-record-'))
  try {
    const stored = join(root, 'stored')
    const scratchDir = join(root, 'scratch')
    await mkdir(scratchDir)
    await writeFile(stored, source.bytes)
    const { size: sizeBytes } = await stat(stored)
    const kind = JOB_KINDS[source.kind]
    const reports: [number, number, number][] = []
    const startedAt = performance.now()
    const run: JobRun<unknown> = {
      input: kind.input.parse({ fileId: newId('file') }),
      signal: new AbortController().signal,
      scratchDir,
      progress: () => undefined,
      advance(name, done = 0, total = 1) {
        const stage = (kind.stages ?? []).findIndex((each) => each.name === name)
        const fraction = total > 0 ? Math.min(1, done / total) : 0
        const [, lastStage, lastFraction] = reports.at(-1) ?? [0, -1, 0]
        if (stage === lastStage && fraction - lastFraction < LEAST_STEP) return
        reports.push([Math.round(performance.now() - startedAt), stage, Math.round(fraction * 1_000) / 1_000])
      },
      log: () => undefined,
      parts: () => Promise.reject(new Error('Nothing is in parts here.')),
      addCpuSeconds: () => undefined,
      objects: {
        async download(id, path, onBytes = () => undefined) {
          await pipeline(createReadStream(stored), counted(sizeBytes, onBytes), createWriteStream(path))
          return { id, name: source.name, mediaType: source.mediaType, sizeBytes }
        },
        open: () => Promise.resolve({ name: source.name, mediaType: source.mediaType, sizeBytes, address: stored }),
        async verify(_id, onBytes = () => undefined) {
          const hash = createHash('sha256')
          await pipeline(createReadStream(stored), counted(sizeBytes, onBytes), hash)
          const sha256 = hash.digest('hex')
          return { promisedBytes: sizeBytes, stored: { sizeBytes, sha256, damagedParts: [] }, isHashed: true }
        },
        async put({ body, ...output }) {
          const bytes = body instanceof Uint8Array ? body.length : (await stat(body.path)).size
          if (!(body instanceof Uint8Array))
            await pipeline(createReadStream(body.path), createWriteStream(join(root, 'output')))
          return { id: newId('output'), ...output, sizeBytes: bytes }
        },
      },
    }
    await processorOf(kind).run(run)
    return { kind: source.kind, sizeBytes, durationMs: Math.round(performance.now() - startedAt), reports }
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

function counted(ofBytes: number, onBytes: (bytes: number, ofBytes: number) => void): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.length
      onBytes(bytes, ofBytes)
      done(null, chunk)
    },
  })
}

const EACH = 30
for (let at = 0; at < EACH; at++) {
  for (const source of [await image(), dataset(), anything()]) {
    process.stdout.write(`${JSON.stringify(await record(source))}\n`)
  }
}
