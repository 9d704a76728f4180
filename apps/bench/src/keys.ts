import { S3Client, UploadPartCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { MIB } from '@bellhop/model'
import { createKeySigner } from '@bellhop/persistence'
import type { Benchmark } from './benchmark.ts'
import { versionOf } from './machine.ts'
import { measurementOf, ratioOf, runRounds } from './rounds.ts'
import { p99 } from './statistics.ts'

const ROUNDS = 5
const KEYS = 10_000
const WARM_UP_KEYS = 500
const STORE = {
  endpoint: 'http://127.0.0.1:9000',
  bucket: 'bellhop',
  region: 'us-east-1',
  accessKeyId: 'bench',
  secretAccessKey: 'bench-secret',
} as const
const OBJECT_KEY = 'workspaces/ws_01m81yb6hnf7zsmw5znz4jejvh/files/file_01m81yb6hnf7zsmw5znz4jejvh'
const UPLOAD_ID = '6c1f9a52-6a5e-4b5e-9f0c-6f1f0b0f1d2e'
const MEDIA_TYPE = 'video/mp4'
const PART_BYTES = 8 * MIB
const LIFE_MS = 600_000
const SIGNED_HEADERS = 'content-length;content-type;host'

type Sign = (partNumber: number) => string | Promise<string>

export const keys: Benchmark = {
  description: `signing ${KEYS.toLocaleString('en')} part keys, against getSignedUrl in a loop`,
  budgets: { key_signer_vs_get_signed_url: { atLeast: 20 } },

  async run({ rounds = ROUNDS, signal, say }) {
    const contenders = { key_signer: ours(), get_signed_url: theirs() }
    const singleMs: Record<keyof typeof contenders, number[]> = { key_signer: [], get_signed_url: [] }
    for (const sign of Object.values(contenders)) {
      expectSigned(await sign(1))
      for (let number = 1; number <= WARM_UP_KEYS; number += 1) await sign(number)
    }
    const measure = (name: keyof typeof contenders) => async () => {
      const startedAtMs = performance.now()
      for (let number = 1; number <= KEYS; number += 1) {
        const beforeMs = performance.now()
        const url = contenders[name](number)
        // What is ready needs no turn of the event loop.
        if (typeof url !== 'string') await url
        singleMs[name].push(performance.now() - beforeMs)
      }
      return (KEYS * 1000) / (performance.now() - startedAtMs)
    }
    const rows = await runRounds({
      unit: 'keys/s',
      count: rounds,
      contenders: { key_signer: measure('key_signer'), get_signed_url: measure('get_signed_url') },
      signal,
      say,
    })
    return {
      versions: {
        '@bellhop/persistence': versionOf('@bellhop/persistence'),
        '@aws-sdk/s3-request-presigner': versionOf('@aws-sdk/s3-request-presigner'),
      },
      rows: [
        ...rows,
        measurementOf('key_signer, p99 of one key', 'ms', [p99(singleMs.key_signer)]),
        measurementOf('get_signed_url, p99 of one key', 'ms', [p99(singleMs.get_signed_url)]),
      ],
      ratios: { key_signer_vs_get_signed_url: ratioOf(rows, 'key_signer', 'get_signed_url') },
    }
  },
}

function ours(): Sign {
  const signer = createKeySigner(STORE)
  return (partNumber) =>
    signer.sign({
      method: 'PUT',
      objectKey: OBJECT_KEY,
      expiresInMs: LIFE_MS,
      headers: { 'content-length': String(PART_BYTES), 'content-type': MEDIA_TYPE },
      query: { partNumber: String(partNumber), uploadId: UPLOAD_ID, 'x-id': 'UploadPart' },
    })
}

function theirs(): Sign {
  const client = new S3Client({
    endpoint: STORE.endpoint,
    region: STORE.region,
    credentials: STORE,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  // UploadPart has no content type of its own, so the header is added before it is signed.
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> }
      headers['content-type'] = MEDIA_TYPE
      return next(args)
    },
    { step: 'build', name: 'contentType' },
  )
  return (partNumber) =>
    getSignedUrl(
      client,
      new UploadPartCommand({
        Bucket: STORE.bucket,
        Key: OBJECT_KEY,
        UploadId: UPLOAD_ID,
        PartNumber: partNumber,
        ContentLength: PART_BYTES,
      }),
      { expiresIn: LIFE_MS / 1000, signableHeaders: new Set(['content-type']) },
    )
}

/** Both do the same work, or the comparison says nothing. */
function expectSigned(url: string): void {
  const signed = new URL(url).searchParams.get('X-Amz-SignedHeaders')
  if (signed !== SIGNED_HEADERS) throw new Error(`Expected ${SIGNED_HEADERS} to be signed, got ${signed}.`)
}
