import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GetObjectCommand, ListMultipartUploadsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { appRouter } from '@bellhop/api'
import type { RequestContext } from '@bellhop/api'
import { AppError } from '@bellhop/model'
import type {
  CompletedUpload,
  FileId,
  SignedPart,
  UploadId,
  UploadPlan,
  UploadProgress,
  ValetKeyRecord,
} from '@bellhop/model'
import { startTestPlatform } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import { applyWSSHandler } from '@trpc/server/adapters/ws'
import { WebSocketServer } from 'ws'
import { connect } from '../../src/index.ts'
import { FlakyProxy } from './flaky-proxy.ts'

type PlatformSettings = NonNullable<Parameters<typeof startTestPlatform>[0]>

/** Nobody's. Any other key, and none, is the owner's. */
export const WRONG_KEY = 'bh_wrong'

/** The real server over HTTP, with its database, its store, a worker, and a network before the store that a test can break. */
export interface House extends AsyncDisposable {
  readonly dir: string
  readonly platform: TestPlatform
  readonly network: FlakyProxy
  readonly api: HouseApi
  /** Uploads it, as a client does. */
  place(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<FileId>
  /** As a client that cannot hash. */
  placeUnhashed(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<FileId>
  /** Writes other bytes over a file's object, behind the server's back. */
  replace(id: FileId, bytes: Uint8Array): Promise<void>
  storedSha256(id: FileId): Promise<string>
  /** Lines of the ledger for reading a file. */
  downloadKeys(id: FileId): Promise<readonly ValetKeyRecord[]>
  /** As the server tells of them. */
  arrivedParts(uploadId: UploadId): Promise<number[]>
  /** Multipart uploads that the store has open. */
  openInStore(): Promise<number>
}

/** `worker: false`: jobs wait for the test's own hand. */
export async function startHouse({
  worker = true,
  ...settings
}: PlatformSettings & { worker?: boolean } = {}): Promise<House> {
  const stack = new AsyncDisposableStack()
  const network = stack.use(new FlakyProxy('http://127.0.0.1:1'))
  const platform = stack.use(await startTestPlatform({ ...settings, publicEndpoint: await network.listen() }))
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = platform.platform.settings.objectStore
  network.target = new URL(endpoint)
  if (worker) stack.use(await platform.startWorker())
  const credentials = { accessKeyId, secretAccessKey }
  const s3 = new S3Client({ endpoint, region, forcePathStyle: true, credentials })
  stack.defer(() => s3.destroy())
  const api = new HouseApi(platform)
  await api.start()
  stack.defer(() => api.stop())
  const keyOf = (id: FileId) => `workspaces/${platform.owner.caller.workspaceId}/files/${id}`
  return {
    dir: platform.dir,
    platform,
    network,
    api,
    async place(name, bytes) {
      await using bellhop = connect({ url: api.url })
      const { id } = await bellhop.files.upload(new File([bytes], name), { startJobs: false })
      network.seen.length = 0
      return id
    },
    async placeUnhashed(name, bytes) {
      const plan = await api.call<UploadPlan>('uploads.start', { name, sizeBytes: bytes.length, startJobs: false })
      const { uploadId } = plan
      const count = plan.mode === 'single' ? 0 : (plan.partCount ?? 0)
      const parts = Array.from({ length: count }, (_, index) => ({ number: index + 1 }))
      const signed = count === 0 ? [] : await api.call<SignedPart[]>('uploads.signParts', { uploadId, parts })
      const puts = plan.mode === 'single' ? [{ request: plan.put, sizeBytes: bytes.length }] : signed
      let sent = 0
      for (const { request, sizeBytes } of puts) {
        await fetch(request.url, {
          method: 'PUT',
          headers: request.headers,
          body: bytes.subarray(sent, sent + sizeBytes),
        })
        sent += sizeBytes
      }
      const { file } = await api.call<CompletedUpload>('uploads.complete', { uploadId })
      network.seen.length = 0
      return file.id
    },
    async replace(id, bytes) {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: keyOf(id), Body: bytes }))
    },
    async downloadKeys(fileId) {
      await using bellhop = connect({ url: api.url })
      const { items } = await bellhop.valetKeys.list({ fileId })
      return items.filter(({ purpose }) => purpose === 'download')
    },
    async storedSha256(id) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(id) }))
      const sha256 = createHash('sha256')
      for await (const chunk of Body as AsyncIterable<Uint8Array>) sha256.update(chunk)
      return sha256.digest('hex')
    },
    async arrivedParts(uploadId) {
      const input = encodeURIComponent(JSON.stringify({ uploadId }))
      const answer = await fetch(`${api.url}/trpc/uploads.get?input=${input}`)
      const { result } = (await answer.json()) as { result: { data: UploadProgress } }
      return result.data.arrived.map(({ number }) => number)
    },
    async openInStore() {
      const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
      return Uploads?.length ?? 0
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** Can be stopped and started again on the same port, as a server is. */
class HouseApi {
  /** `false`: something between forbids WebSockets. */
  webSockets = true
  /** Answers instead of the server, for a procedure. */
  intercept: (procedure: string) => number | undefined = () => undefined
  /** Who every call comes from. */
  caller: TestPlatform['owner']['caller']
  /** Calls and sockets so far. */
  connections = 0
  /** Every call, in order of coming. */
  readonly calls: string[] = []
  readonly #handle: ReturnType<typeof createHTTPHandler>
  readonly #createContext: (apiKey: unknown) => RequestContext
  #server: Server | undefined
  #sockets: WebSocketServer | undefined
  #port = 0

  constructor({ owner }: TestPlatform) {
    const { platform, jobHub, viewHub, caller } = owner
    this.caller = caller
    this.#createContext = (apiKey) => ({
      platform,
      jobHub,
      viewHub,
      requestId: 'request 1',
      identify: async () => {
        if (apiKey === WRONG_KEY) throw new AppError('UNAUTHENTICATED')
        return this.caller
      },
      hasRoom: () => true,
      drained: async () => {},
    })
    this.#handle = createHTTPHandler({
      router: appRouter,
      basePath: '/trpc/',
      createContext: ({ req }) => this.#createContext(req.headers.authorization?.replace('Bearer ', '')),
    })
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** A mutation, as any HTTP client makes it. */
  async call<T>(procedure: string, input: unknown): Promise<T> {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify(input)
    const answer = await fetch(`${this.url}/trpc/${procedure}`, { method: 'POST', headers, body })
    const { result } = (await answer.json()) as { result: { data: T } }
    return result.data
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      const procedure = (request.url ?? '').replace('/trpc/', '').replace(/\?.*/, '')
      this.calls.push(procedure)
      this.connections += 1
      const status = this.intercept(procedure)
      if (status !== undefined) return void response.writeHead(status).end('no')
      this.#handle(request, response)
    })
    const sockets = new WebSocketServer({ noServer: true })
    applyWSSHandler({
      wss: sockets,
      router: appRouter,
      createContext: ({ info }) => this.#createContext(info.connectionParams?.['apiKey']),
    })
    server.on('upgrade', (request, socket, head) => {
      this.connections += 1
      if (!this.webSockets) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
      sockets.handleUpgrade(request, socket, head, (webSocket) => sockets.emit('connection', webSocket, request))
    })
    server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
    this.#sockets = sockets
  }

  async stop(): Promise<void> {
    if (!this.#server) return
    const closed = once(this.#server, 'close')
    for (const socket of this.#sockets?.clients ?? []) socket.terminate()
    this.#sockets?.close()
    this.#server.close()
    this.#server.closeAllConnections()
    this.#server = undefined
    await closed
  }
}
