import { lookup } from 'node:dns'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP } from 'node:net'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

/** Of an answer, read and thrown away; a receiver that sends more is cut off. */
const MAX_ANSWER_BYTES = 64 * 1024

/** The address is not one that we send to. Nothing was sent. */
class AddressRefused extends Error {
  override readonly name = 'AddressRefused'
}

export interface GuardedPost {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** For all of it: name, connection, sending, answer. */
  readonly withinMs: number
  /** Also to private, loopback and link-local addresses. */
  readonly toPrivate: boolean
  readonly signal: AbortSignal
}

/**
 * Sends a POST to an address that a person typed, and returns the status of the answer. Names are resolved here, and the
 * connection is made to the very address that was looked at. Redirects are not followed.
 * @throws AddressRefused, or the error of the connection
 */
export async function guardedPost(post: GuardedPost): Promise<number> {
  const url = parseTarget(post.url, post.toPrivate)
  const tooLong = AbortSignal.timeout(post.withinMs)
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const sending = request(
      url,
      {
        method: 'POST',
        // A connection of its own: one that is kept might lead to an address of yesterday.
        agent: false,
        headers: { ...post.headers, 'content-length': Buffer.byteLength(post.body) },
        lookup: guardedLookup(post.toPrivate),
        signal: AbortSignal.any([post.signal, tooLong]),
      },
      (answer) => {
        let receivedBytes = 0
        answer.on('data', (chunk: Buffer) => {
          receivedBytes += chunk.length
          if (receivedBytes > MAX_ANSWER_BYTES) answer.destroy()
        })
        answer.once('close', () => resolve(answer.statusCode ?? 0))
        answer.once('error', () => {})
      },
    )
    sending.once('error', (error) => {
      reject(tooLong.aborted ? new Error(`There was no answer within ${post.withinMs / 1000} s.`) : error)
    })
    sending.end(post.body)
  })
}

/** What can be refused before anything is resolved. @throws AddressRefused */
export function parseTarget(text: string, toPrivate: boolean): URL {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol)) throw new AddressRefused('Only http and https addresses are taken.')
  if (url.username !== '' || url.password !== '') throw new AddressRefused('An address with a password is not taken.')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  // No name is looked up for an address that is written out.
  if (isIP(host) !== 0 && !toPrivate && !isPublic(host)) {
    throw new AddressRefused(`${host} is not a public address.`)
  }
  return url
}

function guardedLookup(toPrivate: boolean): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '')
      const refused = toPrivate ? undefined : addresses.find(({ address }) => !isPublic(address))
      const [first] = addresses
      // One that is private among others may be an attempt to have it tried.
      if (refused) return done(new AddressRefused(`${host} leads to ${refused.address}, which is not public.`), '')
      if (!first) return done(new Error(`${host} leads nowhere.`), '')
      if (options.all) done(null, addresses)
      else done(null, first.address, first.family)
    })
  }
}

/** Neither private, loopback, link-local, multicast, reserved, nor a tunnel that may end in one of these. */
function isPublic(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast'
}
