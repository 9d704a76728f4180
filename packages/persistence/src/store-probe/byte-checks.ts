import { CompleteMultipartUploadCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import type { KeyBinding } from '@bellhop/model'
import { hash } from 'node:crypto'
import { amber, green } from './finding.ts'
import type { Finding } from './finding.ts'
import { BODY_SHA256, BODY_SHA256_BASE64, OTHER_BODY, isTaken } from './probe-keys.ts'
import type { ProbeKeys } from './probe-keys.ts'
import type { MultipartTarget, ProbeGround } from './probe-ground.ts'
import { isRefusal } from './store-fault.ts'

/** What a store makes of a signed `x-amz-content-sha256`. */
type PayloadHash = 'enforced' | 'ignored' | 'refused'

const CHECKSUM = 'x-amz-checksum-sha256'
/** Of `BODY`. */
const BODY_CRC64NVME = 'PmzaTKSkqiw='
const OTHER_WAY = 'Bellhop then compares the bytes in another way; a store that keeps it would spare that.'

export async function checkPayloadHash(
  ground: ProbeGround,
  keys: ProbeKeys,
): Promise<{ finding: Finding; payload: PayloadHash }> {
  const upload = await ground.startMultipart('payload-part')
  const targets = ['payload', upload]
  const wrong = await all(targets, async (target) =>
    isTaken(await keys.send(keys.forPut(target, 'sha256'), { body: OTHER_BODY })),
  )
  // Of another name: the first of these may have been written.
  const right = await all(['payload-right', upload], async (target) =>
    isTaken(await keys.send(keys.forPut(target, 'sha256'))),
  )
  if (right.includes(false)) {
    return {
      payload: 'refused',
      finding: amber(
        'The store refuses keys that are bound to the SHA-256 of their bytes, even with the right bytes.',
        OTHER_WAY,
      ),
    }
  }
  if (wrong.includes(true)) {
    return {
      payload: 'ignored',
      finding: amber('A key takes any bytes of its length: the signed SHA-256 of the payload is ignored.', OTHER_WAY),
    }
  }
  return {
    payload: 'enforced',
    finding: green('A key that is bound to the SHA-256 of its bytes takes these bytes only.'),
  }
}

/** A checksum is kept when wrong bytes are refused, right ones are taken, and it is given back. */
export async function checkChecksums(
  ground: ProbeGround,
  keys: ProbeKeys,
): Promise<{ finding: Finding; isKept: boolean }> {
  const [whole, parts] = await Promise.all([wholeChecksum(ground, keys), compositeChecksum(ground, keys)])
  const faults = [
    ...(whole === null ? [] : [`of a whole object ${whole}`]),
    ...(parts === null ? [] : [`of an upload in parts ${parts}`]),
  ]
  if (faults.length === 0) {
    return {
      isKept: true,
      finding: green(
        'The store checks SHA-256 checksums, of whole objects and of parts, keeps them and gives them back.',
      ),
    }
  }
  return { isKept: false, finding: amber(`The SHA-256 checksum ${faults.join('; that ')}.`, OTHER_WAY) }
}

/** Null when it is kept; else what is wrong, after "the checksum". */
async function wholeChecksum(ground: ProbeGround, keys: ProbeKeys): Promise<string | null> {
  const header = { [CHECKSUM]: BODY_SHA256_BASE64 }
  if (isTaken(await keys.send(keys.forPutWith('checksum', header), { body: OTHER_BODY }))) return 'is not checked'
  if (!isTaken(await keys.send(keys.forPutWith('checksum', header)))) return 'is refused'
  return isGivenBack(ground, ground.objectKey('checksum'), BODY_SHA256_BASE64)
}

async function compositeChecksum(ground: ProbeGround, keys: ProbeKeys): Promise<string | null> {
  let upload: MultipartTarget
  try {
    upload = await ground.startMultipart('checksum-parts', { ChecksumAlgorithm: 'SHA256' })
  } catch (error) {
    if (isRefusal(error)) return 'is refused'
    throw error
  }
  const header = { [CHECKSUM]: BODY_SHA256_BASE64 }
  if (isTaken(await keys.send(keys.forPutWith(upload, header), { body: OTHER_BODY }))) return 'is not checked'
  const sent = await keys.send(keys.forPutWith(upload, header))
  if (!isTaken(sent)) return 'is refused'
  const Parts = [{ PartNumber: 1, ETag: sent.headers.get('etag') ?? '', ChecksumSHA256: BODY_SHA256_BASE64 }]
  try {
    await ground.ask((s3, options) =>
      s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }), options),
    )
  } catch (error) {
    if (isRefusal(error)) return 'is refused when the parts are put together'
    throw error
  }
  const ofParts = hash('sha256', Buffer.from(BODY_SHA256, 'hex'), 'base64')
  return isGivenBack(ground, upload.Key ?? '', `${ofParts}-1`)
}

async function isGivenBack(ground: ProbeGround, Key: string, checksum: string): Promise<string | null> {
  const request = new HeadObjectCommand({ Bucket: ground.bucket, Key, ChecksumMode: 'ENABLED' })
  const given = await ground
    .ask((s3, options) => s3.send(request, options))
    .catch((error: unknown) => {
      // There are stores that do not know the question.
      if (isRefusal(error)) return undefined
      throw error
    })
  return given?.ChecksumSHA256 === checksum ? null : 'is not given back'
}

/** For information: nothing of Bellhop's rests on it. */
export async function checkCrc64(ground: ProbeGround, keys: ProbeKeys): Promise<Finding> {
  const header = { 'x-amz-checksum-crc64nvme': BODY_CRC64NVME }
  const not = green('The store does not keep CRC64NVME checksums, which Bellhop does not need.')
  if (isTaken(await keys.send(keys.forPutWith('crc64', header), { body: OTHER_BODY }))) return not
  if (!isTaken(await keys.send(keys.forPutWith('crc64', header)))) return not
  const request = new HeadObjectCommand({
    Bucket: ground.bucket,
    Key: ground.objectKey('crc64'),
    ChecksumMode: 'ENABLED',
  })
  const { ChecksumCRC64NVME } = await ground.ask((s3, options) => s3.send(request, options))
  return ChecksumCRC64NVME === BODY_CRC64NVME ? green('The store checks and keeps CRC64NVME checksums too.') : not
}

/** What was seen of a store; a field is missing where that could not be told. */
export interface Seen {
  payload?: PayloadHash
  checksumsAreKept?: boolean
}

/** The strongest that upload keys can be bound by; undefined where it was not seen. */
export function strongestBinding({ payload, checksumsAreKept }: Seen): KeyBinding | undefined {
  if (payload === undefined || checksumsAreKept === undefined) return undefined
  // Keys that are bound by a checksum carry the payload's hash as well.
  if (checksumsAreKept && payload !== 'refused') return 'store-sha256'
  return payload === 'enforced' ? 'sha256' : 'none'
}

function all<T, R>(items: readonly T[], each: (item: T) => Promise<R>): Promise<R[]> {
  return Promise.all(items.map(each))
}
