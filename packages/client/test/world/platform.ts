import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { startObjectStore } from '@bellhop/local-stack'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import { applyWSSHandler } from '@trpc/server/adapters/ws'
import { WebSocketServer } from 'ws'
import { FlakyProxy } from './flaky-proxy.ts'
import { Jobs } from './jobs.ts'
import { KeyMaker } from './key-maker.ts'
import { API_KEY, routerOf } from './router.ts'
import { BUCKET, Uploads } from './uploads.ts'

/** A store, a network before it that a test can break, and a server of uploads and jobs: all real but their memory. */
export interface TestPlatform extends AsyncDisposable {
  readonly dir: string
  readonly network: FlakyProxy
  readonly keys: KeyMaker
  readonly storeUrl: string
  readonly uploads: Uploads
  readonly jobs: Jobs
  readonly api: TestApi
}

export async function startPlatform(): Promise<TestPlatform> {
  const dir = await mkdtemp(join(tmpdir(), 'bellhop-client-'))
  const credentials = { accessKeyId: 'test', secretAccessKey: randomBytes(20).toString('hex') }
  const store = await startObjectStore({ dir: join(dir, 'store'), ...credentials })
  const network = new FlakyProxy(store.url)
  const publicUrl = await network.listen()
  const s3 = new S3Client({ endpoint: store.url, region: 'us-east-1', forcePathStyle: true, credentials })
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }))
  const keys = new KeyMaker(publicUrl, credentials)
  const uploads = new Uploads(s3, keys)
  const jobs = new Jobs()
  const api = new TestApi(uploads, jobs)
  await api.start()
  return {
    dir,
    network,
    keys,
    storeUrl: store.url,
    uploads,
    jobs,
    api,
    async [Symbol.asyncDispose]() {
      await api.stop()
      await network[Symbol.asyncDispose]()
      s3.destroy()
      await store.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** Can be stopped and started again on the same port, as a server is. */
class TestApi {
  /** `false`: something between forbids WebSockets. */
  webSockets = true
  /** Answers instead of the server, for a path. */
  intercept: (path: string) => number | undefined = () => undefined
  readonly calls: string[] = []
  readonly #router: ReturnType<typeof routerOf>
  #server: Server | undefined
  #sockets: WebSocketServer | undefined
  #port = 0

  constructor(uploads: Uploads, jobs: Jobs) {
    this.#router = routerOf(uploads, jobs)
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async start(): Promise<void> {
    const handle = createHTTPHandler({
      router: this.#router,
      basePath: '/trpc/',
      createContext: ({ req }: { req: IncomingMessage }) => ({
        apiKey: req.headers.authorization?.replace('Bearer ', ''),
      }),
    })
    const server = createServer((request, response) => {
      const path = request.url ?? ''
      this.calls.push(path.replace('/trpc/', '').replace(/\?.*/, ''))
      const status = this.intercept(path)
      if (status !== undefined) return void response.writeHead(status).end('no')
      handle(request, response)
    })
    const sockets = new WebSocketServer({ noServer: true })
    applyWSSHandler({
      wss: sockets,
      router: this.#router,
      createContext: ({ info }) => ({ apiKey: info.connectionParams?.['apiKey'] }),
    })
    server.on('upgrade', (request, socket, head) => {
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

export { API_KEY }
