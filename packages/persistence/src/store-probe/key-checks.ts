import { CompleteMultipartUploadCommand, ListPartsCommand } from '@aws-sdk/client-s3'
import { amber, green, red } from './finding.ts'
import type { Finding } from './finding.ts'
import { BODY, isTaken } from './probe-keys.ts'
import type { ProbeKeys } from './probe-keys.ts'
import type { ProbeGround } from './probe-ground.ts'
import { faultOf } from './store-fault.ts'

const USE_ANOTHER = 'Use a store that verifies the whole signature of a presigned request.'
const NOTHING_TO_DO = 'Nothing needs to be done'

export async function checkLength(keys: ProbeKeys): Promise<Finding> {
  const longer = new Uint8Array(BODY.length + 1)
  if (isTaken(await keys.send(keys.forPut('length'), { body: longer }))) {
    return red('A key takes more bytes than it was made for.', USE_ANOTHER)
  }
  return green('A key takes as many bytes as it was made for, and no others.')
}

export async function checkType(keys: ProbeKeys): Promise<Finding> {
  if (isTaken(await keys.send(keys.forPut('type'), { headers: { 'content-type': 'text/html' } }))) {
    return red(
      'A key takes another media type than it was made for, so that a web page can be put in place of a file.',
      USE_ANOTHER,
    )
  }
  return green('A key takes the media type that it was made for, and no other.')
}

export async function checkExpiry(ground: ProbeGround, keys: ProbeKeys): Promise<Finding> {
  const { status } = await ground.fetch(keys.forGetExpired(ground.objectKey('expiry')))
  if (status === 403 || status === 400 || status === 401) return green('A key that has expired opens nothing.')
  return red(
    `A key that expired an hour ago is still heeded (${status}).`,
    'Set the clock of the store, or use another store: its keys never end.',
  )
}

export async function checkPutOnce(keys: ProbeKeys): Promise<Finding> {
  const key = keys.forPut('put-once')
  // The first may be a second already, when it was sent again over a connection that broke.
  isTaken(await keys.send(key))
  if (isTaken(await keys.send(key))) {
    return amber(
      'A key can be used again to put other bytes in place of the first, until it expires: If-None-Match is ignored.',
      `${NOTHING_TO_DO}, where clients are trusted: bound keys take no other bytes. A store that heeds If-None-Match closes it for all.`,
    )
  }
  return green('A key writes its object once.')
}

export async function checkCompleteOnce(ground: ProbeGround, keys: ProbeKeys): Promise<Finding> {
  isTaken(await keys.send(keys.forPut('complete-once')))
  const upload = await ground.startMultipart('complete-once')
  isTaken(await keys.send(keys.forPut(upload)))
  const { Parts = [] } = await ground.ask((s3, options) => s3.send(new ListPartsCommand(upload), options))
  const MultipartUpload = { Parts: Parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag })) }
  const fix = `${NOTHING_TO_DO}: Bellhop names each object once and settles a doubtful outcome by the object's own mark.`
  try {
    await ground.ask((s3, options) =>
      s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload, IfNoneMatch: '*' }), options),
    )
    return amber('An upload in parts replaces an object that is there: If-None-Match is ignored at its end.', fix)
  } catch (error) {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
    if (status === 412 || status === 409) return green('An upload in parts does not replace an object that is there.')
    const fault = faultOf(error, ground.store)
    if (fault.reach === 'unsupported')
      return amber('The store does not take If-None-Match at the end of an upload in parts.', fix)
    throw error
  }
}
