import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import type { S3Client } from '@aws-sdk/client-s3'
import { green, red } from './finding.ts'
import type { Finding } from './finding.ts'
import type { ProbeGround } from './probe-ground.ts'
import { faultOf } from './store-fault.ts'
import type { StoreFault } from './store-fault.ts'

interface Refusal {
  readonly what: string
  readonly permission: string
  readonly fault: StoreFault
}

/** `goOn`: the other checks can be made, and what they write can be taken away again. */
export async function checkReachable(ground: ProbeGround): Promise<{ finding: Finding; goOn: boolean }> {
  const { store, bucket, prefix } = ground
  const refusals: Refusal[] = []
  /** False when it was refused. */
  const attempt = async (what: string, permission: string, send: Send): Promise<boolean> => {
    try {
      await ground.ask(send)
      return true
    } catch (error) {
      refusals.push({ what, permission, fault: faultOf(error, store) })
      return false
    }
  }

  // First whether we may take away what we would write, of things that are not there.
  const absent = `${prefix}absent`
  const mayClean = await Promise.all([
    attempt('deleting objects', 's3:DeleteObject', async (s3, options) => {
      const Delete = { Objects: [{ Key: absent }] }
      const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }), options)
      const [refused] = Errors
      if (refused) throw Object.assign(new Error(), { name: refused.Code, $metadata: { httpStatusCode: 403 } })
    }),
    attempt('aborting multipart uploads', 's3:AbortMultipartUpload', (s3, options) =>
      s3
        .send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: absent, UploadId: 'absent' }), options)
        .catch(ifAbsent),
    ),
    attempt('listing objects', 's3:ListBucket', async (s3, options) => {
      const request = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 })
      const { Name, KeyCount, IsTruncated } = await s3.send(request, options)
      if ([Name, KeyCount, IsTruncated].every((field) => field === undefined)) throw new Error('This is no listing.')
    }),
  ])
  const whole = refusals.find(({ fault }) => fault.reach === 'all')
  if (whole) return { finding: red(whole.fault.found, whole.fault.fix), goOn: false }
  if (!mayClean[0] || !mayClean[1]) {
    const { found, fix } = describe(refusals, bucket)
    return { finding: red(`${found} So nothing was written, and the rest could not be tried.`, fix), goOn: false }
  }

  const object = { Bucket: bucket, Key: ground.objectKey('reachable') }
  const [mayWrite] = await Promise.all([
    (async () => {
      if (!(await attempt('writing', 's3:PutObject', (s3, o) => s3.send(putOf(object), o)))) return false
      await Promise.all([
        attempt('reading', 's3:GetObject', async (s3, options) => {
          await (await s3.send(new GetObjectCommand(object), options)).Body?.transformToByteArray()
        }),
        attempt('looking at an object', 's3:GetObject', (s3, o) => s3.send(new HeadObjectCommand(object), o)),
      ])
      return true
    })(),
    (async () => {
      const upload = await ground.startMultipart('reachable-parts').catch((error: unknown) => {
        refusals.push({ what: 'starting multipart uploads', permission: 's3:PutObject', fault: faultOf(error, store) })
      })
      if (!upload) return
      await Promise.all([
        attempt('listing parts', 's3:ListMultipartUploadParts', (s3, o) => s3.send(new ListPartsCommand(upload), o)),
        attempt('listing multipart uploads', 's3:ListBucketMultipartUploads', (s3, o) =>
          s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix }), o),
        ),
      ])
      await attempt('aborting multipart uploads', 's3:AbortMultipartUpload', (s3, o) =>
        s3.send(new AbortMultipartUploadCommand(upload), o),
      )
    })(),
  ])
  if (refusals.length > 0) {
    const { found, fix } = describe(refusals, bucket)
    return { finding: red(found, fix), goOn: mayWrite }
  }
  return {
    finding: green(`The bucket \`${bucket}\` takes, lists, gives back and deletes what it should, whole and in parts.`),
    goOn: true,
  }
}

type Send = (s3: S3Client, options: { abortSignal: AbortSignal }) => Promise<unknown>

function putOf(object: { Bucket: string; Key: string }): PutObjectCommand {
  return new PutObjectCommand({ ...object, Body: 'bellhop doctor' })
}

/** There is no such upload, which we may know: we would have been allowed. */
function ifAbsent(error: unknown): void {
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
  const { name } = error as Error
  if (name !== 'NoSuchUpload' && name !== 'InvalidArgument' && !(status === 404 && name !== 'NoSuchBucket')) throw error
}

function describe(refusals: readonly Refusal[], bucket: string): { found: string; fix: string } {
  const denied = refusals.filter(({ fault }) => fault.reach === 'denied')
  const rest = refusals.filter(({ fault }) => fault.reach !== 'denied')
  const found = [
    ...(denied.length > 0
      ? [
          `These credentials may not do this: ${denied.map(({ what, permission }) => `${what} (\`${permission}\`)`).join(', ')}.`,
        ]
      : []),
    ...rest.map(({ what, fault }) => `This failed: ${what}. ${fault.found}`),
  ]
  const permissions = [...new Set(denied.map(({ permission }) => `\`${permission}\``))]
  const fix = [
    ...(denied.length > 0
      ? [`Allow ${permissions.join(', ')} on \`arn:aws:s3:::${bucket}\` and \`arn:aws:s3:::${bucket}/*\`.`]
      : []),
    ...new Set(rest.map(({ fault }) => fault.fix)),
  ]
  return { found: found.join(' '), fix: fix.join(' ') }
}
