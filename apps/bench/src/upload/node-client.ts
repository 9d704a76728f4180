import type { S3Client } from '@aws-sdk/client-s3'
import type { Bellhop } from '@bellhop/client'
import { MIB } from '@bellhop/model'
import type { NodeAnswer, NodeOrder } from './node-contender.ts'
import type { StoreAddress } from './store.ts'

/** Tuned by hand for one machine; the defaults are 5 MiB × 4. */
const TUNED = { partSize: 16 * MIB, queueSize: 8 } as const

/** Carries out one order after the other; each loads just the code that it needs. */
async function carryOut(order: NodeOrder): Promise<NodeAnswer> {
  switch (order.contender) {
    case 'sdk':
      return bySdk(order)
    case 'raw_bound':
    case 'raw_unbound':
      return byRawPuts(order)
    case 'lib_storage_default':
      return byLibStorage(order, {})
    case 'lib_storage_tuned':
      return byLibStorage(order, TUNED)
  }
}

let bellhop: Bellhop | undefined

async function bySdk({ url, apiKey, path }: NodeOrder): Promise<NodeAnswer> {
  bellhop ??= (await import('@bellhop/client')).connect({ url, apiKey })
  const { files } = bellhop
  const { answer, seconds } = await timed(() => files.upload(path, { startJobs: false }))
  return { seconds, fileId: answer.id }
}

async function byRawPuts({ contender, store, objectKey, path, sizeBytes, ...order }: NodeOrder): Promise<NodeAnswer> {
  const binding = contender === 'raw_bound' ? order.binding : 'none'
  const [client, { rawUpload }] = await Promise.all([clientOf(store), import('./raw-upload.ts')])
  const { signal } = new AbortController()
  const upload = { client, store, objectKey, path, sizeBytes, binding, signal }
  return timed(() => rawUpload(upload))
}

async function byLibStorage(
  { store, objectKey, path }: NodeOrder,
  settings: { readonly partSize?: number; readonly queueSize?: number },
): Promise<NodeAnswer> {
  const [client, { libStorageUpload }] = await Promise.all([clientOf(store), import('./lib-storage-upload.ts')])
  const { signal } = new AbortController()
  const upload = { client, bucket: store.bucket, objectKey, path, settings, signal }
  return timed(() => libStorageUpload(upload))
}

let s3: S3Client | undefined

async function clientOf(store: StoreAddress): Promise<S3Client> {
  s3 ??= (await import('./store.ts')).clientOf(store)
  return s3
}

async function timed<T>(work: () => Promise<T>): Promise<{ answer: T; seconds: number }> {
  const startedAtMs = performance.now()
  const answer = await work()
  return { answer, seconds: (performance.now() - startedAtMs) / 1000 }
}

process.on('message', (order: NodeOrder) => {
  void carryOut(order)
    .catch((error: unknown): NodeAnswer => ({ failed: String(error instanceof Error ? error.stack : error) }))
    .then((answer) => process.send?.(answer))
})
