import type { Operation } from './operation.ts'
import { corsDocument, parseCorsRules } from './cors-rule.ts'
import { readText } from './body.ts'
import { S3Error } from './errors.ts'
import { lifecycleDocument, parseLifecycleRules } from './lifecycle-rule.ts'
import { xmlResponse } from './response.ts'
import { parseXml } from './xml.ts'

const MAX_DOCUMENT_BYTES = 64 * 1024

export const listBuckets: Operation = async ({ store }) => {
  const buckets = store.list().map(({ info }) => ({ Name: info.name, CreationDate: info.created }))
  const owner = { ID: 'owner', DisplayName: 'owner' }
  return xmlResponse('ListAllMyBucketsResult', { Owner: owner, Buckets: { Bucket: buckets } })
}

export const createBucket: Operation = async ({ store, request, bucketName }) => {
  if (request.headers['x-amz-bucket-object-lock-enabled'] === 'true') throw new S3Error('NotImplemented')
  const text = await readText(request, MAX_DOCUMENT_BYTES)
  if (text.trim() !== '') parseXml(text, 'CreateBucketConfiguration')
  await store.create(bucketName, request.receivedAt)
  return { status: 200, headers: { location: `/${bucketName}` } }
}

export const headBucket: Operation = async ({ store, bucketName }) => {
  store.get(bucketName)
  return { status: 200, headers: { 'x-amz-bucket-region': store.region } }
}

export const getBucketLocation: Operation = async ({ store, bucketName }) => {
  store.get(bucketName)
  return xmlResponse('LocationConstraint', { '#text': store.region === 'us-east-1' ? '' : store.region })
}

export const deleteBucket: Operation = async ({ store, bucketName }) => {
  await store.remove(bucketName)
  return { status: 204 }
}

export const putBucketCors: Operation = async ({ store, request, bucketName }) => {
  const bucket = store.get(bucketName)
  const text = await readText(request, MAX_DOCUMENT_BYTES)
  await bucket.setCors(parseCorsRules(parseXml(text, 'CORSConfiguration')))
  return { status: 200 }
}

export const getBucketCors: Operation = async ({ store, bucketName }) => {
  const { cors } = store.get(bucketName).info
  if (!cors) throw new S3Error('NoSuchCORSConfiguration')
  return xmlResponse('CORSConfiguration', corsDocument(cors))
}

export const deleteBucketCors: Operation = async ({ store, bucketName }) => {
  await store.get(bucketName).setCors(undefined)
  return { status: 204 }
}

export const putBucketLifecycle: Operation = async ({ store, request, bucketName }) => {
  const bucket = store.get(bucketName)
  const text = await readText(request, MAX_DOCUMENT_BYTES)
  await bucket.setLifecycle(parseLifecycleRules(parseXml(text, 'LifecycleConfiguration')))
  return { status: 200 }
}

export const getBucketLifecycle: Operation = async ({ store, bucketName }) => {
  const { lifecycle = [] } = store.get(bucketName).info
  if (lifecycle.length === 0) throw new S3Error('NoSuchLifecycleConfiguration')
  return xmlResponse('LifecycleConfiguration', lifecycleDocument(lifecycle))
}

export const deleteBucketLifecycle: Operation = async ({ store, bucketName }) => {
  await store.get(bucketName).setLifecycle([])
  return { status: 204 }
}
