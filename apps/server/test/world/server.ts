import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createApiKey } from '@bellhop/business'
import type { Platform } from '@bellhop/business'
import type { ApiKeyId, Role } from '@bellhop/model'
import { startTestPlatform } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { createHttpServer } from '../../src/http.ts'
import { serveSockets } from '../../src/sockets.ts'

export interface TestServer extends AsyncDisposable {
  readonly url: string
  readonly world: TestPlatform
  key(role?: Role): Promise<{ id: ApiKeyId; key: string }>
}

/** The server of one platform, in this process. `platform`: what requests see of it. */
export async function startTestServer(
  options: { platform?: (platform: Platform) => Platform } & Parameters<typeof startTestPlatform>[0] = {},
): Promise<TestServer> {
  const { platform: seen = (platform: Platform) => platform, ...settings } = options
  const stack = new AsyncDisposableStack()
  const world = stack.use(await startTestPlatform(settings))
  const { jobHub, viewHub } = world.owner
  const services = {
    platform: seen(world.platform),
    listening: { jobHub, viewHub, [Symbol.asyncDispose]: async () => {} },
  }
  const { server, serve } = createHttpServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stack.defer(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  stack.use(serveSockets(server, services))
  serve(services, world.dir)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    world,
    async key(role = 'owner') {
      const { key, record } = await createApiKey(world.owner, { name: 'test', role })
      return { id: record.id, key }
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
