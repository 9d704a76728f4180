import { createHash, randomBytes } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import type { Cases } from './conformance-case.ts'
import { PART_BYTES, isCode, isStatus } from './store-under-test.ts'
import type { StoreUnderTest } from './store-under-test.ts'

export function multipartCases(store: StoreUnderTest, { must, feature }: Cases): void {
  must('become one object whose parts are in the order of their numbers', async () => {
    const upload = await store.startUpload('parts', { ContentType: 'video/mp4', Metadata: { token: 't' } })
    const [first, second] = [randomBytes(PART_BYTES), Buffer.from('the end')]
    const sent2 = await upload.part(2, second)
    const sent1 = await upload.part(1, first)
    await expect(store.read('parts')).rejects.toSatisfy(isCode('NoSuchKey'))
    await upload.complete([sent1, sent2])
    const size = PART_BYTES + 7
    expect(await store.head('parts')).toMatchObject({
      ContentLength: size,
      ContentType: 'video/mp4',
      Metadata: { token: 't' },
      ETag: expect.stringMatching(/^".+"$/),
    })
    const across = await store.read('parts', { Range: `bytes=${PART_BYTES - 2}-${size - 1}` })
    expect(across).toMatchObject({ ContentLength: 9, ContentRange: `bytes ${PART_BYTES - 2}-${size - 1}/${size}` })
    expect(across.text.slice(-7)).toBe('the end')
  })

  feature('have the MD5 of the parts’ MD5s and their number as ETag', async () => {
    const upload = await store.startUpload('etag-of-parts')
    const done = await upload.complete([await upload.part(1, Buffer.from('part'))])
    const md5 = createHash('md5').update(createHash('md5').update('part').digest()).digest('hex')
    expect((await store.head('etag-of-parts')).ETag).toBe(`"${md5}-1"`)
    expect(done.ETag).toBe(`"${md5}-1"`)
  })

  must('list their parts in pages, the latest of a number', async () => {
    const upload = await store.startUpload('paged')
    for (const number of [5, 3, 1, 2, 4]) await upload.part(number, Buffer.from(`part ${number}`))
    const latest = await upload.part(3, Buffer.from('part three'))
    const numbers: (number | undefined)[] = []
    for (let marker = '0', more = true; more;) {
      const place = { ...store.object('paged'), UploadId: upload.UploadId }
      const answer = await store.client.send(new ListPartsCommand({ ...place, MaxParts: 2, PartNumberMarker: marker }))
      for (const part of answer.Parts ?? []) {
        numbers.push(part.PartNumber)
        if (part.PartNumber === 3) expect(part).toMatchObject({ ETag: latest.ETag, Size: 10 })
      }
      more = answer.IsTruncated ?? false
      marker = answer.NextPartNumberMarker ?? ''
    }
    expect(numbers).toEqual([1, 2, 3, 4, 5])
  })

  must('are listed in pages while they are open', async () => {
    const ids: string[] = []
    for (const name of ['open/a', 'open/a', 'open/b']) ids.push((await store.startUpload(name)).UploadId)
    const found: { name: string; id: string | undefined }[] = []
    for (let markers: object | undefined = {}; markers;) {
      const place = { Bucket: store.bucket, Prefix: store.at('open/'), MaxUploads: 1 }
      const request: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({ ...place, ...markers })
      const answer = await store.client.send(request)
      found.push(...(answer.Uploads ?? []).map(({ Key = '', UploadId }) => ({ name: store.nameOf(Key), id: UploadId })))
      markers = answer.IsTruncated
        ? { KeyMarker: answer.NextKeyMarker, UploadIdMarker: answer.NextUploadIdMarker }
        : undefined
    }
    expect(found.map(({ name }) => name)).toEqual(['open/a', 'open/a', 'open/b'])
    expect(new Set(found.map(({ id }) => id))).toEqual(new Set(ids))
  })

  must('refuse a wrong ETag and a missing part, and stay open', async () => {
    const upload = await store.startUpload('refused')
    const [first, last] = [await upload.part(1, Buffer.alloc(PART_BYTES)), await upload.part(2, Buffer.from('last'))]
    await expect(upload.complete([{ ...first, ETag: last.ETag }, last])).rejects.toSatisfy(isCode('InvalidPart'))
    await expect(upload.complete([first, { ...last, PartNumber: 3 }])).rejects.toSatisfy(isCode('InvalidPart'))
    await upload.complete([first, last])
    expect((await store.head('refused')).ContentLength).toBe(PART_BYTES + 4)
  })

  must('completed once more, say so or give the same object', async () => {
    const upload = await store.startUpload('completed-twice')
    const part = await upload.part(1, Buffer.from('once'))
    await upload.complete([part])
    const again = await upload.complete([part]).then(() => 'same', isCode('NoSuchUpload'))
    expect(['same', true]).toContain(again)
    expect((await store.read('completed-twice')).text).toBe('once')
  })

  feature('refuse a part below 5 MiB that is not the last', async () => {
    const upload = await store.startUpload('small-part')
    const parts = [await upload.part(1, Buffer.from('small')), await upload.part(2, Buffer.from('last'))]
    await expect(upload.complete(parts)).rejects.toSatisfy(isCode('EntityTooSmall'))
  })

  feature('refuse parts that are named out of order', async () => {
    const upload = await store.startUpload('out-of-order')
    const parts = [await upload.part(1, Buffer.alloc(PART_BYTES)), await upload.part(2, Buffer.from('last'))]
    await expect(upload.complete(parts.toReversed())).rejects.toSatisfy(isCode('InvalidPartOrder'))
  })

  feature('leave out parts that are not named', async () => {
    const upload = await store.startUpload('subset')
    const [, second] = [await upload.part(1, Buffer.from('left out')), await upload.part(2, Buffer.from('named'))]
    await upload.complete([second])
    expect((await store.read('subset')).text).toBe('named')
  })

  feature('complete with If-None-Match only where there is nothing', async () => {
    await store.put('taken', 'first')
    const upload = await store.startUpload('taken')
    const part = await upload.part(1, Buffer.from('second'))
    await expect(upload.complete([part], { IfNoneMatch: '*' })).rejects.toSatisfy(isStatus(412))
    expect((await store.read('taken')).text).toBe('first')
    await store.remove('taken')
    await upload.complete([part], { IfNoneMatch: '*' })
    expect((await store.read('taken')).text).toBe('second')
  })

  must('end with an abort, after which no part is taken', async () => {
    const upload = await store.startUpload('aborted')
    const part = await upload.part(1, Buffer.from('x'))
    const place = { ...store.object('aborted'), UploadId: upload.UploadId }
    await store.client.send(new AbortMultipartUploadCommand(place))
    await expect(upload.part(2, Buffer.from('y'))).rejects.toSatisfy(isCode('NoSuchUpload'))
    await expect(store.client.send(new ListPartsCommand(place))).rejects.toSatisfy(isStatus(404))
    await expect(upload.complete([part])).rejects.toThrow()
    await expect(store.head('aborted')).rejects.toSatisfy(isStatus(404))
  })

  feature('say that there is no such upload when one is completed after its abort', async () => {
    const upload = await store.startUpload('abort-first')
    const part = await upload.part(1, Buffer.from('x'))
    const place = { ...store.object('abort-first'), UploadId: upload.UploadId }
    await store.client.send(new AbortMultipartUploadCommand(place))
    await expect(upload.complete([part])).rejects.toSatisfy(isCode('NoSuchUpload'))
  })

  feature('take parts from other objects', async () => {
    await store.put('copied-part', '0123456789')
    const upload = await store.startUpload('from-copy')
    const { CopyPartResult } = await store.client.send(
      new UploadPartCopyCommand({
        ...store.object('from-copy'),
        UploadId: upload.UploadId,
        PartNumber: 1,
        CopySource: `${store.bucket}/${store.at('copied-part')}`,
        CopySourceRange: 'bytes=2-5',
      }),
    )
    await upload.complete([{ PartNumber: 1, ETag: CopyPartResult?.ETag }])
    expect((await store.read('from-copy')).text).toBe('2345')
  })
}
