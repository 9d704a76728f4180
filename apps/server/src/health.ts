import { checkHealth } from '@bellhop/business'
import type { Platform } from '@bellhop/business'
import type { ServerResponse } from 'node:http'

/** GET /healthz: 200 when a request would succeed, else 503 with what is missing. */
export async function answerHealth(platform: Platform, response: ServerResponse): Promise<void> {
  const health = await checkHealth(platform)
  const ready = health.database && health.store
  const state = (up: boolean) => (up ? 'ok' : 'unreachable')
  response.writeHead(ready ? 200 : 503, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(
    JSON.stringify({
      status: ready ? 'ok' : 'unavailable',
      database: state(health.database),
      store: state(health.store),
    }),
  )
}
