import dns from 'node:dns'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { guardedPost, parseTarget } from '../src/guarded-post.ts'

const resolve = vi.hoisted(() => ({
  lookups: 0,
  answer: undefined as ((host: string) => string[] | undefined) | undefined,
}))
vi.mock('node:dns', async (original) => {
  const real = await original<typeof dns>()
  const lookup = ((
    host: string,
    options: dns.LookupAllOptions,
    done: (error: null, found: dns.LookupAddress[]) => void,
  ) => {
    resolve.lookups++
    const told = resolve.answer?.(host)
    if (told)
      done(
        null,
        told.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )
    else real.lookup(host, options, done as never)
  }) as typeof dns.lookup
  return { ...real, lookup }
})

let server: Server
let requests: { headers: Record<string, unknown>; body: string }[]
let answer: RequestListener

beforeEach(async () => {
  requests = []
  resolve.lookups = 0
  resolve.answer = undefined
  answer = (_request, response) => void response.writeHead(200).end('ok')
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      requests.push({ headers: request.headers, body })
      answer(request, response)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const port = () => (server.address() as AddressInfo).port

function send(url: string, options: { toPrivate?: boolean; withinMs?: number; signal?: AbortSignal } = {}) {
  return guardedPost({
    url,
    headers: { 'webhook-id': 'msg_1' },
    body: '{"é":1}',
    withinMs: 5_000,
    toPrivate: false,
    signal: new AbortController().signal,
    ...options,
  })
}

test('where private addresses are allowed, the body arrives as it is', async () => {
  expect(await send(`http://127.0.0.1:${port()}/hook`, { toPrivate: true })).toBe(200)
  expect(await send(`http://localhost:${port()}/hook`, { toPrivate: true })).toBe(200)
  expect(requests.map(({ body }) => body)).toEqual(['{"é":1}', '{"é":1}'])
  expect(requests[0]?.headers).toMatchObject({ 'webhook-id': 'msg_1' })
})

describe('an address that is written out is refused unless it is public', () => {
  test.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:a9fe:a9fe]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[fc00::1]',
    '[fe80::1]',
    '[ff02::1]',
  ])('%s', (host) => {
    expect(() => parseTarget(`http://${host}/`, false)).toThrow(/not a public address/)
    expect(parseTarget(`http://${host}/`, true)).toBeInstanceOf(URL)
  })

  test.each(['93.184.216.34', '[2606:2800:220:1:248:1893:25c8:1946]'])('%s is one', (host) => {
    expect(parseTarget(`https://${host}/`, false)).toBeInstanceOf(URL)
  })
})

test.each(['ftp://example.com', 'file:///etc/passwd', 'example.com', 'http://user:word@example.com'])(
  '%s is refused wherever it leads',
  (url) => {
    expect(() => parseTarget(url, true)).toThrow(/not taken|Only http/)
  },
)

test.each([
  ['localhost'],
  ['inside.example', '10.0.0.7'],
  ['both.example', '93.184.216.34', '127.0.0.1'],
  ['six.example', 'fd00::1'],
])('a name that leads inside is refused, and nothing is sent: %s', async (host, ...addresses) => {
  resolve.answer = () => (addresses.length > 0 ? addresses : undefined)
  await expect(send(`http://${host}:${port()}/`)).rejects.toMatchObject({ name: 'AddressRefused' })
  expect(requests).toEqual([])
})

test('a name is resolved once: one that leads inside the second time is not asked a second time', async () => {
  resolve.answer = () => (resolve.lookups === 1 ? ['203.0.114.1'] : ['127.0.0.1'])
  await expect(send(`http://rebind.example:${port()}/`, { withinMs: 300 })).rejects.toThrow()
  expect(resolve.lookups).toBe(1)
  expect(requests).toEqual([])
})

test('a redirect is an answer and is not followed', async () => {
  answer = (_request, response) => void response.writeHead(302, { location: '/elsewhere' }).end()
  expect(await send(`http://127.0.0.1:${port()}/`, { toPrivate: true })).toBe(302)
  expect(requests.length).toBe(1)
})

test('a receiver that says nothing is left in time, and one that never ends its answer is cut off', async () => {
  answer = () => {}
  await expect(send(`http://127.0.0.1:${port()}/`, { toPrivate: true, withinMs: 100 })).rejects.toThrow(/within 0.1 s/)
  answer = (_request, response) => {
    response.writeHead(200)
    const pour = () => void (response.destroyed || response.write('x'.repeat(65_536), pour))
    pour()
  }
  expect(await send(`http://127.0.0.1:${port()}/`, { toPrivate: true })).toBe(200)
})

test('a signal ends it', async () => {
  answer = () => {}
  const stop = new AbortController()
  const sending = send(`http://127.0.0.1:${port()}/`, { toPrivate: true, signal: stop.signal })
  await vi.waitFor(() => expect(requests.length).toBe(1))
  stop.abort()
  await expect(sending).rejects.toMatchObject({ name: 'AbortError' })
})
