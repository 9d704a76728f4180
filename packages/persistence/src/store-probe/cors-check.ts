import { amber, green, red } from './finding.ts'
import type { Finding } from './finding.ts'
import type { ProbeKeys } from './probe-keys.ts'
import { isTaken } from './probe-keys.ts'
import type { BearerAnswer, ProbeGround } from './probe-ground.ts'

/** What the page reads of answers. Content-Length needs no leave. */
const READ_OF_PUT = ['etag']
const READ_OF_GET = ['etag', 'content-range', 'accept-ranges']
const RULE =
  'Give the bucket a CORS rule with AllowedOrigins [ORIGIN], AllowedMethods ["GET", "HEAD", "PUT"], AllowedHeaders ["*"], ExposeHeaders ["ETag", "Content-Range", "Content-Length", "Accept-Ranges"], MaxAgeSeconds 3600.'

/** Whether a page at our address may send and fetch, and what of the answers it may read. */
export async function checkCors(
  ground: ProbeGround,
  keys: ProbeKeys,
  publicUrl: string,
): Promise<{ cors: Finding; headers?: Finding }> {
  const { origin } = new URL(publicUrl)
  const fix = RULE.replace('ORIGIN', `"${origin}"`)
  const put = keys.forPut('cors', 'store-sha256')
  const get = await keys.forGet(ground.objectKey('cors'))
  const refusals = [
    await preflight(ground, put.url, { origin, method: 'PUT', headers: Object.keys(put.headers) }),
    await preflight(ground, get.url, { origin, method: 'GET', headers: ['range'] }),
  ].filter((refusal) => refusal !== null)
  // The request that a page sends when it may, with the plainest key: what is bound to bytes is tried elsewhere.
  const sent = await keys.send(keys.forPut('cors'), { headers: { origin } })
  const got = await ground.fetch(get.url, { headers: { origin, range: 'bytes=0-3' } })
  if (!isTaken(sent) || !isTaken(got)) {
    refusals.push(`it refuses a request that names a page as its origin (${isTaken(sent) ? got.status : sent.status})`)
  }
  for (const answer of [sent, got])
    if (!isAllowed(answer, origin)) refusals.push('its answers do not allow that origin')
  if (refusals.length > 0) {
    return { cors: red(`A page at ${origin} cannot use the store: ${[...new Set(refusals)].join('; ')}.`, fix) }
  }
  const hidden = [...new Set([...hiddenOf(sent, READ_OF_PUT), ...hiddenOf(got, READ_OF_GET)])]
  return {
    cors: green(`A page at ${origin} may send to the store and fetch from it.`),
    headers:
      hidden.length === 0
        ? green('The page may read the ETag and the range headers of answers.')
        : amber(
            `The page may not read these headers of answers: ${hidden.join(', ')}. It cannot go on with a download that broke off.`,
            fix,
          ),
  }
}

/** What a browser would not accept of the answer; null when it would send the request. */
async function preflight(
  ground: ProbeGround,
  url: string,
  { origin, method, headers }: { origin: string; method: string; headers: readonly string[] },
): Promise<string | null> {
  const wanted = headers.map((name) => name.toLowerCase()).toSorted()
  const asked = { origin, 'access-control-request-method': method, 'access-control-request-headers': wanted.join(',') }
  const answer = await ground.fetch(url, { method: 'OPTIONS', headers: asked })
  if (answer.status < 200 || answer.status > 299) return `asked before a ${method}, it answers ${answer.status}`
  if (!isAllowed(answer, origin)) return `asked before a ${method}, it does not allow that origin`
  if (!listed(answer, 'access-control-allow-methods', method.toLowerCase())) return `it does not allow ${method}`
  const refused = wanted.filter((name) => !listed(answer, 'access-control-allow-headers', name))
  return refused.length === 0 ? null : `it does not allow the headers ${refused.join(', ')}`
}

function isAllowed({ headers }: BearerAnswer, origin: string): boolean {
  const allowed = headers.get('access-control-allow-origin')
  return allowed === '*' || allowed === origin
}

function hiddenOf(answer: BearerAnswer, names: readonly string[]): string[] {
  return names.filter((name) => !listed(answer, 'access-control-expose-headers', name))
}

function listed({ headers }: BearerAnswer, header: string, name: string): boolean {
  const names = (headers.get(header) ?? '')
    .toLowerCase()
    .split(',')
    .map((each) => each.trim())
  return names.includes(name) || names.includes('*')
}
