import { existsSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import sirv from 'sirv'

/** Serves the built page; any path that is not a file is the page's own to show. */
export function servePage(
  pageDir: string,
  storeOrigin: string,
): (request: IncomingMessage, response: ServerResponse) => void {
  if (!existsSync(`${pageDir}/index.html`)) {
    return (_request, response) => {
      response
        .writeHead(404, { 'content-type': 'text/plain; charset=utf-8' })
        .end('The page has not been built: run `npx pnpm@12 --filter @bellhop/web build`.\n')
    }
  }
  // The bytes of files come from the store itself; nothing else is loaded from anywhere.
  const policy = [
    "default-src 'self'",
    `img-src 'self' blob: data: ${storeOrigin}`,
    `media-src 'self' blob: data: ${storeOrigin}`,
    `connect-src 'self' ${storeOrigin}`,
    "style-src 'self' 'unsafe-inline'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ')
  const serve = sirv(pageDir, {
    single: true,
    etag: true,
    setHeaders(response, path) {
      response.setHeader('content-security-policy', policy)
      response.setHeader('referrer-policy', 'no-referrer')
      response.setHeader('x-content-type-options', 'nosniff')
      response.setHeader(
        'cache-control',
        path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      )
    },
  })
  return (request, response) => serve(request, response, () => void response.writeHead(404).end())
}
