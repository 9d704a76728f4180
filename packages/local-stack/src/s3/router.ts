import * as buckets from './bucket-operations.ts'
import { completeMultipartUpload } from './complete-operation.ts'
import { copyObject } from './copy-operations.ts'
import { deleteObjects } from './delete-many-operation.ts'
import { S3Error } from './errors.ts'
import { listObjectsV1, listObjectsV2 } from './list-objects-operation.ts'
import { listMultipartUploads, listParts } from './list-uploads-operation.ts'
import * as multipart from './multipart-operations.ts'
import { isValidKeyLength } from './object-key.ts'
import * as objects from './object-operations.ts'
import type { Operation } from './operation.ts'
import type { S3Request } from './request.ts'
import type { S3Response } from './response.ts'
import type { Store } from './store.ts'

// Parameters that make a request another operation. Those which no route below names are not implemented.
const SUBRESOURCES = [
  'accelerate', 'acl', 'analytics', 'attributes', 'cors', 'delete', 'encryption', 'intelligent-tiering', 'inventory',
  'legal-hold', 'lifecycle', 'location', 'logging', 'metrics', 'notification', 'object-lock', 'ownershipControls', 'policy',
  'policyStatus', 'publicAccessBlock', 'renameObject', 'replication', 'requestPayment', 'restore', 'retention', 'select',
  'session', 'tagging', 'torrent', 'uploadId', 'uploads', 'versionId', 'versioning', 'versions', 'website',
] // prettier-ignore

type Scope = 'service' | 'bucket' | 'object'

const ROUTES: Record<Scope, Record<string, Operation>> = {
  service: { GET: buckets.listBuckets },
  bucket: {
    DELETE: buckets.deleteBucket,
    'DELETE cors': buckets.deleteBucketCors,
    'DELETE lifecycle': buckets.deleteBucketLifecycle,
    GET: async (context) =>
      context.request.target.query['list-type'] === '2' ? listObjectsV2(context) : listObjectsV1(context),
    'GET cors': buckets.getBucketCors,
    'GET lifecycle': buckets.getBucketLifecycle,
    'GET location': buckets.getBucketLocation,
    'GET uploads': listMultipartUploads,
    HEAD: buckets.headBucket,
    'POST delete': deleteObjects,
    PUT: buckets.createBucket,
    'PUT cors': buckets.putBucketCors,
    'PUT lifecycle': buckets.putBucketLifecycle,
  },
  object: {
    DELETE: objects.deleteObject,
    'DELETE uploadId': multipart.abortMultipartUpload,
    GET: objects.getObject,
    'GET uploadId': listParts,
    HEAD: objects.headObject,
    'POST uploadId': completeMultipartUpload,
    'POST uploads': multipart.createMultipartUpload,
    PUT: async (context) => (isCopy(context.request) ? copyObject(context) : objects.putObject(context)),
    'PUT uploadId': async (context) =>
      isCopy(context.request) ? multipart.uploadPartCopy(context) : multipart.uploadPart(context),
  },
}

/** Runs the operation that the request names. Throws `S3Error`, also for what is not implemented. */
export async function route(store: Store, request: S3Request): Promise<S3Response> {
  const { bucket: bucketName = '', key = '', query } = request.target
  const scope = bucketName === '' ? 'service' : key === '' ? 'bucket' : 'object'
  const subresources = SUBRESOURCES.filter((name) => name in query)
  const operation = ROUTES[scope][[request.method, ...subresources].join(' ')]
  if (!operation) {
    if (subresources.length > 0 || request.method === 'POST') throw new S3Error('NotImplemented')
    throw new S3Error('MethodNotAllowed')
  }
  if (scope === 'object' && !isValidKeyLength(key)) throw new S3Error('KeyTooLongError')
  return operation({ store, request, bucketName, key })
}

function isCopy({ headers }: S3Request): boolean {
  return headers['x-amz-copy-source'] !== undefined
}
