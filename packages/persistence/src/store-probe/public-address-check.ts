import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { amber, green, red } from './finding.ts'
import type { Finding } from './finding.ts'
import { isTaken } from './probe-keys.ts'
import type { ProbeKeys } from './probe-keys.ts'
import type { ProbeGround } from './probe-ground.ts'
import { networkFault, systemCodeOf } from './store-fault.ts'

/** Whether keys work at the address that clients are sent to, and lead to this very bucket. */
export async function checkPublicAddress(
  ground: ProbeGround,
  keys: ProbeKeys,
  publicUrl: string,
): Promise<{ finding: Finding; works: boolean }> {
  const address = new URL(ground.store.publicEndpoint ?? ground.store.endpoint).origin
  const isSame = address === new URL(ground.store.endpoint).origin
  const fault = await tryKeys(ground, keys, address)
  const asSame = `Clients reach the store at ${address}, as this machine does.`
  const finding =
    fault ??
    judgeAddress(new URL(address), new URL(publicUrl)) ??
    green(isSame ? asSame : `Clients reach the same bucket at ${address}.`)
  return { finding, works: fault === null }
}

/** Null when they work. */
async function tryKeys(ground: ProbeGround, keys: ProbeKeys, address: string): Promise<Finding | null> {
  const Bucket = ground.bucket
  const fix = `Set \`S3_PUBLIC_ENDPOINT\` to an address of the same store that passes requests on as they are, with their Host header, path and query.`
  try {
    const put = await keys.send(keys.forPut('public-put'))
    if (!isTaken(put)) {
      return red(
        `At ${address} the store refuses the very request that a key was made for (${put.status}${put.code ? ` ${put.code}` : ''}).`,
        put.status === 501
          ? 'Use a store that takes If-None-Match and metadata with a PUT; keys for whole files carry both.'
          : fix,
      )
    }
    const Key = ground.objectKey('public-put')
    const isHere = await ground
      .ask((s3, options) => s3.send(new HeadObjectCommand({ Bucket, Key }), options))
      .then(() => true, ifAbsent)
    if (!isHere) return red(`What is put at ${address} does not arrive in the bucket that Bellhop uses.`, fix)
    const ours = { Bucket, Key: ground.objectKey('public-get') }
    await ground.ask((s3, options) => s3.send(new PutObjectCommand({ ...ours, Body: 'bellhop doctor' }), options))
    const got = await ground.fetch((await keys.forGet(ours.Key)).url)
    if (!isTaken(got)) {
      return red(
        `What lies in the bucket cannot be read with a key at ${address} (${got.status}${got.code ? ` ${got.code}` : ''}).`,
        fix,
      )
    }
    return null
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === undefined) throw error
    return red(`${networkFault(code, address).found} That is where clients are sent.`, fix)
  }
}

/** What a browser at the page's address makes of the store's, where that is not good; null where it is. */
function judgeAddress(store: URL, page: URL): Finding | null {
  const setIt = (to: string) => `Set \`S3_PUBLIC_ENDPOINT\` to ${to}.`
  if (isLoopback(store) && !isLoopback(page)) {
    return red(
      `The page is at ${page.origin}, and clients are sent to ${store.origin}, which is their own machine.`,
      setIt('the address under which other machines reach the store'),
    )
  }
  if (page.protocol === 'https:' && store.protocol === 'http:') {
    if (!isLoopback(store)) {
      return red(
        `The page is at ${page.origin}, and browsers block what it sends to ${store.origin}: mixed content.`,
        setIt('an https address of the store'),
      )
    }
    return amber(
      `The page is at ${page.origin}, and some browsers block what it sends to ${store.origin}: mixed content.`,
      setIt('an https address of the store'),
    )
  }
  return null
}

function isLoopback({ hostname }: URL): boolean {
  return (
    hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || hostname.startsWith('127.')
  )
}

function ifAbsent(error: unknown): false {
  if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404) return false
  throw error
}
