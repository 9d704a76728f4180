import { STORE_CHECKS } from '@bellhop/model'
import type { KeyBinding, StoreCheckName, StoreReport } from '@bellhop/model'
import type { ObjectStoreOptions } from '../s3-client.ts'
import { checkChecksums, checkCrc64, checkPayloadHash, strongestBinding } from './byte-checks.ts'
import type { Seen } from './byte-checks.ts'
import { knock } from './clock-check.ts'
import { checkCors } from './cors-check.ts'
import { amber, red } from './finding.ts'
import type { Finding } from './finding.ts'
import { checkCompleteOnce, checkExpiry, checkLength, checkPutOnce, checkType } from './key-checks.ts'
import { checkLifecycle } from './lifecycle-check.ts'
import { checkPrivate } from './private-check.ts'
import { ProbeGround } from './probe-ground.ts'
import { ProbeKeys, Undecided, isTaken } from './probe-keys.ts'
import { checkPublicAddress } from './public-address-check.ts'
import { checkReachable } from './reachable-check.ts'
import { faultOf } from './store-fault.ts'

export interface ExamineStoreOptions {
  readonly store: ObjectStoreOptions
  /** Where people reach the page: its origin is the one that the bucket must let in. */
  readonly publicUrl: string
  /** What it kept when it was last examined; stands where this time it cannot be told. Default none. */
  readonly knownBinding?: KeyBinding | undefined
  readonly signal?: AbortSignal | undefined
}

/** No request begins after that. With the last ones (10 s) and the cleaning (10 s) a minute is not exceeded. */
const BEGIN_WITHIN_MS = 40_000

/**
 * Tries with real requests what the bucket does, in a corner of its own (`bellhop-doctor/…`) of which nothing stays.
 * Takes a second or so, a minute at most. Checks that could not be made are absent from the report. Throws the signal's
 * reason when it is aborted, after cleaning up.
 */
export async function examineStore({
  store,
  publicUrl,
  knownBinding = 'none',
  signal,
}: ExamineStoreOptions): Promise<StoreReport> {
  signal?.throwIfAborted()
  const late = AbortSignal.timeout(BEGIN_WITHIN_MS)
  const ground = new ProbeGround(store, signal ? AbortSignal.any([signal, late]) : late)
  const findings = new Map<StoreCheckName, Finding>()
  const seen: Seen = {}
  let isClean = false
  try {
    await examine(ground, publicUrl, findings, seen)
  } finally {
    isClean = await ground.clean()
  }
  signal?.throwIfAborted()
  if (!isClean) {
    const before = findings.get('reachable')
    const found = 'What the doctor wrote to try the bucket could not be removed.'
    const fix = `Delete what lies under \`${ground.prefix}\`, and allow \`s3:DeleteObject\` and \`s3:AbortMultipartUpload\`.`
    findings.set(
      'reachable',
      before?.state === 'red' ? red(`${before.found} ${found}`, `${before.fix ?? ''} ${fix}`) : red(found, fix),
    )
  }
  const binding = strongestBinding(seen)
  return {
    endpoint: new URL(store.endpoint).origin,
    publicEndpoint: new URL(store.publicEndpoint ?? store.endpoint).origin,
    bucket: store.bucket,
    checkedAt: new Date().toISOString(),
    binding: binding ?? knownBinding,
    isBindingSeen: binding !== undefined,
    checks: STORE_CHECKS.flatMap((name) => {
      const finding = findings.get(name)
      return finding ? [{ name, ...finding }] : []
    }),
  }
}

async function examine(
  ground: ProbeGround,
  publicUrl: string,
  findings: Map<StoreCheckName, Finding>,
  seen: Seen,
): Promise<void> {
  const { store } = ground
  const knocked = await knock(ground, store)
  if ('fault' in knocked) return void findings.set('reachable', red(knocked.fault.found, knocked.fault.fix))
  findings.set('clock', knocked.clock)
  const { finding, goOn } = await checkReachable(ground)
  findings.set('reachable', finding)
  if (!goOn) return

  /** Never throws, so that the checks beside it end before the ground is cleaned. */
  const check = async (name: StoreCheckName, probe: () => Promise<Finding>): Promise<void> => {
    findings.set(name, await probe().catch((error: unknown) => undecided(error, store)))
  }
  using theirs = new ProbeKeys(ground, store)
  using ours = new ProbeKeys(ground, { ...store, publicEndpoint: undefined })
  let worksForThem = false
  await Promise.all([
    check('lifecycle', () => checkLifecycle(ground)),
    check('public-address', async () => {
      const looked = await checkPublicAddress(ground, theirs, publicUrl)
      worksForThem = looked.works
      return looked.finding
    }),
  ])
  const worksForUs =
    worksForThem ||
    (await ours
      .send(ours.forPut('ours'))
      .then(isTaken)
      .catch(() => false))
  // Where no key works, that one is refused says nothing.
  if (!worksForUs) return
  const keys = worksForThem ? theirs : ours
  await Promise.all([
    ...(worksForThem
      ? [
          check('cors', async () => {
            const looked = await checkCors(ground, keys, publicUrl)
            if (looked.headers) findings.set('cors-headers', looked.headers)
            return looked.cors
          }),
        ]
      : []),
    check('private', () => checkPrivate(ground, keys)),
    check('length', () => checkLength(keys)),
    check('type', () => checkType(keys)),
    check('payload-sha256', async () => {
      const looked = await checkPayloadHash(ground, keys)
      seen.payload = looked.payload
      return looked.finding
    }),
    check('checksum-sha256', async () => {
      const looked = await checkChecksums(ground, keys)
      seen.checksumsAreKept = looked.isKept
      return looked.finding
    }),
    check('checksum-crc64nvme', () => checkCrc64(ground, keys)),
    check('put-if-none-match', () => checkPutOnce(keys)),
    check('complete-if-none-match', () => checkCompleteOnce(ground, keys)),
    check('expiry', () => checkExpiry(ground, keys)),
  ])
}

function undecided(error: unknown, store: ObjectStoreOptions): Finding {
  const fix = 'Run the doctor again when the store is well.'
  if (error instanceof Undecided) return amber(`This could not be tried. ${error.message}`, fix)
  return amber(`This could not be tried. ${faultOf(error, store).found}`, fix)
}
