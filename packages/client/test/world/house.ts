import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GetObjectCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3'
import { appRouter } from '@bellhop/api'
import type { RequestContext } from '@bellhop/api'
import type { FileId, UploadId, UploadProgress } from '@bellhop/model'
import { startTestPlatform } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import { FlakyProxy } from './flaky-proxy.ts'

type PlatformSettings = NonNullable<Parameters<typeof startTestPlatform>[0]>

/** The real server over HTTP, with its database, its store, a worker, and a network before the store that a test can break. */
export interface House extends AsyncDisposable {
  readonly dir: string
  readonly platform: TestPlatform
  readonly network: FlakyProxy
  readonly api: HouseApi
  storedSha256(id: FileId): Promise<string>
  /** As the server tells of them. */
  arrivedParts(uploadId: UploadId): Promise<number[]>
  /** Multipart uploads that the store has open. */
  openInStore(): Promise<number>
}

export async function startHouse(settings: PlatformSettings = {}): Promise<House> {
  const stack = new AsyncDisposableStack()
  const network = stack.use(new FlakyProxy('http://127.0.0.1:1'))
  const platform = stack.use(await startTestPlatform({ ...settings, publicEndpoint: await network.listen() }))
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = platform.platform.settings.objectStore
  network.target = new URL(endpoint)
  stack.use(await platform.startWorker())
  const credentials = { accessKeyId, secretAccessKey }
  const s3 = new S3Client({ endpoint, region, forcePathStyle: true, credentials })
  stack.defer(() => s3.destroy())
  const api = new HouseApi(platform)
  await api.start()
  stack.defer(() => api.stop())
  return {
    dir: platform.dir,
    platform,
    network,
    api,
    async storedSha256(id) {
      const Key = `workspaces/${platform.owner.caller.workspaceId}/files/${id}`
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }))
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
  /** Answers instead of the server, for a procedure. */
  intercept: (procedure: string) => number | undefined = () => undefined
  /** Who every call comes from. */
  caller: TestPlatform['owner']['caller']
  /** Every call, in order of coming. */
  readonly calls: string[] = []
  readonly #handle: ReturnType<typeof createHTTPHandler>
  #server: Server | undefined
  #port = 0

  constructor({ owner }: TestPlatform) {
    const { platform, jobHub, viewHub, caller } = owner
    this.caller = caller
    const createContext = (): RequestContext => ({
      platform,
      jobHub,
      viewHub,
      requestId: 'request 1',
      identify: async () => this.caller,
      drained: async () => {},
    })
    this.#handle = createHTTPHandler({ router: appRouter, basePath: '/trpc/', createContext })
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      const procedure = (request.url ?? '').replace('/trpc/', '').replace(/\?.*/, '')
      this.calls.push(procedure)
      const status = this.intercept(procedure)
      if (status !== undefined) return void response.writeHead(status).end('no')
      this.#handle(request, response)
    })
    server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
  }

  async stop(): Promise<void> {
    if (!this.#server) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    this.#server = undefined
    await closed
  }
}
