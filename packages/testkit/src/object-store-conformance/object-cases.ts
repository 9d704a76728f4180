import { createHash } from 'node:crypto'
import { CopyObjectCommand, DeleteObjectsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import type { Cases } from './conformance-case.ts'
import { rawRequest } from './raw-request.ts'
import { isCode, isStatus } from './store-under-test.ts'
import type { StoreUnderTest } from './store-under-test.ts'

export function objectCases(store: StoreUnderTest, { must, feature }: Cases): void {
  must('give back bytes, type and metadata as they were put', async () => {
    await store.put('kept', 'hello', { ContentType: 'text/plain; charset=utf-8', Metadata: { upload: 'u_1' } })
    const got = await store.read('kept')
    expect(got).toMatchObject({
      text: 'hello',
      ContentLength: 5,
      ContentType: 'text/plain; charset=utf-8',
      Metadata: { upload: 'u_1' },
    })
    expect(got.ETag).toMatch(/^"[^"]+"$/)
    expect(Date.now() - (got.LastModified?.getTime() ?? 0)).toBeLessThan(10 * 60_000)
    expect(await store.head('kept')).toMatchObject({ ContentLength: 5, ETag: got.ETag, Metadata: { upload: 'u_1' } })
  })

  feature('have the MD5 of their bytes as ETag', async () => {
    const { ETag } = await store.put('etag', 'hello')
    expect(ETag).toBe(`"${createHash('md5').update('hello').digest('hex')}"`)
  })

  feature('keep Cache-Control and Content-Disposition', async () => {
    const kept = { CacheControl: 'max-age=60', ContentDisposition: 'attachment; filename="a.txt"' }
    await store.put('headers', 'x', kept)
    expect(await store.read('headers')).toMatchObject(kept)
  })

  must('may be empty, and then have no range', async () => {
    await store.put('empty', Buffer.alloc(0))
    expect(await store.read('empty')).toMatchObject({ text: '', ContentLength: 0 })
    const ranged = await store.read('empty', { Range: 'bytes=0-9' }).catch((error: unknown) => error)
    expect(isCode('InvalidRange')(ranged) || (ranged as { text?: string }).text === '').toBe(true)
  })

  must('are replaced, and removed once or twice alike', async () => {
    await store.put('short-lived', 'one')
    await store.put('short-lived', 'two')
    expect((await store.read('short-lived')).text).toBe('two')
    await store.remove('short-lived')
    await store.remove('short-lived')
    await expect(store.read('short-lived')).rejects.toSatisfy(isCode('NoSuchKey'))
    await expect(store.head('short-lived')).rejects.toSatisfy(isStatus(404))
  })

  const keys: [Parameters<typeof must>[0], string, 'must' | 'feature'][] = [
    ['a path of ids', 'workspaces/ws_01h/files/file_01h', 'must'],
    ['a path upwards', '../../etc/passwd', 'feature'],
    ['spaces and marks', "a b+c&d=e?f#g%h'(i)*!~", 'feature'],
    ['Korean and emoji', '보고서/📈 2026.pdf', 'feature'],
    ['slashes in a row', 'a//b///c/', 'feature'],
  ]
  for (const [what, name, need] of keys) {
    const declare = need === 'must' ? must : feature
    declare(`may have ${what} in their key`, async () => {
      await store.put(name, name)
      expect((await store.read(name)).text).toBe(name)
      expect(await store.list(name)).toEqual([name])
      await store.remove(name)
    })
  }

  feature('may have a key of 1,024 bytes, and none of 1,025', async () => {
    const longest = 'k'.repeat(1024 - store.at('').length)
    await store.put(longest, 'x')
    await store.remove(longest)
    await expect(store.put(`${longest}k`, 'x')).rejects.toSatisfy(isStatus(400))
  })

  feature('are copied with their metadata, or with new', async () => {
    await store.put('copy from/é', 'copied', { Metadata: { a: '1' }, ContentType: 'text/x-a' })
    const CopySource = `${store.bucket}/${encodeURIComponent(store.at('copy from/é'))}`
    await store.client.send(new CopyObjectCommand({ ...store.object('copy-same'), CopySource }))
    const replaced = { MetadataDirective: 'REPLACE', Metadata: { b: '2' }, ContentType: 'text/x-b' } as const
    await store.client.send(new CopyObjectCommand({ ...store.object('copy-new'), CopySource, ...replaced }))
    await store.remove('copy from/é')
    const same = { text: 'copied', Metadata: { a: '1' }, ContentType: 'text/x-a' }
    expect(await store.read('copy-same')).toMatchObject(same)
    expect(await store.read('copy-new')).toMatchObject({
      text: 'copied',
      Metadata: { b: '2' },
      ContentType: 'text/x-b',
    })
  })

  must('are removed many at a time', async () => {
    const names = ['many/1', 'many/2', 'many/3']
    await Promise.all(names.map((name) => store.put(name, name)))
    const Objects = ['many/1', 'many/2', 'many/none'].map((name) => ({ Key: store.at(name) }))
    const request = new DeleteObjectsCommand({ Bucket: store.bucket, Delete: { Objects } })
    const { Errors = [] } = await store.client.send(request)
    expect(Errors).toEqual([])
    expect(await store.list('many/')).toEqual(['many/3'])
  })

  must('are nobody’s who has not signed', async () => {
    await store.put('private', 'x')
    const url = `${store.connection.endpoint}/${store.bucket}`
    for (const method of ['GET', 'PUT', 'DELETE', 'HEAD']) {
      const answer = await rawRequest(`${url}/${encodeURI(store.at('private'))}`, { method })
      expect([401, 403]).toContain(answer.status)
    }
    expect([401, 403]).toContain((await rawRequest(url)).status)
    expect((await store.read('private')).text).toBe('x')
  })
}

export function rangeCases(store: StoreUnderTest, { must, feature }: Cases): void {
  const ranges: [string, string, string, 'must' | 'feature'][] = [
    ['bytes=2-4', '234', 'bytes 2-4/10', 'must'],
    ['bytes=7-', '789', 'bytes 7-9/10', 'must'],
    ['bytes=8-100', '89', 'bytes 8-9/10', 'must'],
    ['bytes=-2', '89', 'bytes 8-9/10', 'feature'],
  ]
  for (const [Range, text, ContentRange, need] of ranges) {
    const declare = need === 'must' ? must : feature
    declare(Range, async () => {
      await store.put('range', '0123456789')
      const got = await store.read('range', { Range })
      expect(got).toMatchObject({ text, ContentRange, ContentLength: text.length })
      expect(got.$metadata.httpStatusCode).toBe(206)
    })
  }

  must('past the end are refused', async () => {
    await store.put('range', '0123456789')
    await expect(store.read('range', { Range: 'bytes=10-' })).rejects.toSatisfy(isStatus(416))
  })
}

export function conditionCases(store: StoreUnderTest, { must, feature }: Cases): void {
  must('of a read: If-Match', async () => {
    const { ETag } = await store.put('conditional', 'x')
    expect((await store.read('conditional', { IfMatch: ETag })).text).toBe('x')
    await expect(store.read('conditional', { IfMatch: '"no"' })).rejects.toSatisfy(isStatus(412))
  })

  feature('of a read: If-None-Match and If-Modified-Since', async () => {
    const { ETag } = await store.put('conditional', 'x')
    await expect(store.read('conditional', { IfNoneMatch: ETag })).rejects.toSatisfy(isStatus(304))
    const soon = { IfModifiedSince: new Date(Date.now() + 1000) }
    await expect(store.read('conditional', soon)).rejects.toSatisfy(isStatus(304))
    const before = { IfModifiedSince: new Date(Date.now() - 3_600_000) }
    expect((await store.read('conditional', before)).text).toBe('x')
  })

  feature('of a write: If-None-Match lets one of many win', async () => {
    const texts = ['a', 'b', 'c', 'd', 'e']
    const outcomes = await Promise.allSettled(texts.map((text) => store.put('only-once', text, { IfNoneMatch: '*' })))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const winner = texts[outcomes.findIndex(({ status }) => status === 'fulfilled')]
    expect((await store.read('only-once')).text).toBe(winner)
    await expect(store.put('only-once', 'f', { IfNoneMatch: '*' })).rejects.toSatisfy(isStatus(412))
  })

  feature('of a write: If-Match replaces what it names only', async () => {
    const { ETag } = await store.put('replaced', '1')
    await store.put('replaced', '2', { IfMatch: ETag })
    await expect(store.put('replaced', '3', { IfMatch: ETag })).rejects.toSatisfy(isStatus(412))
    await expect(store.put('never-was', '3', { IfMatch: ETag })).rejects.toSatisfy(isStatus(404, 412))
  })
}

export function listingCases(store: StoreUnderTest, { must, feature }: Cases): void {
  const names = ['l/a', 'l/b/1', 'l/b/2', 'l/c', 'l/ﬀ', 'l/😀', 'l0']
  const putAll = () => Promise.all(names.map((name) => store.put(name, name)))

  must('are in the order of the UTF-8 bytes, page by page', async () => {
    await putAll()
    const found: string[] = []
    for (let token: string | undefined, page = 0; page === 0 || token !== undefined; page++) {
      const input = {
        Bucket: store.bucket,
        Prefix: store.at('l'),
        MaxKeys: 2,
        ...(token && { ContinuationToken: token }),
      }
      const answer = await store.client.send(new ListObjectsV2Command(input))
      found.push(...(answer.Contents ?? []).map(({ Key = '' }) => store.nameOf(Key)))
      token = answer.NextContinuationToken
      expect(answer.IsTruncated).toBe(token !== undefined)
    }
    expect(found).toEqual(names)
  })

  feature('group by a delimiter, each group once over all pages', async () => {
    await putAll()
    const seen: string[] = []
    for (let token: string | undefined, page = 0; page === 0 || token !== undefined; page++) {
      const place = { Bucket: store.bucket, Prefix: store.at('l/'), Delimiter: '/', MaxKeys: 1 }
      const request = new ListObjectsV2Command({ ...place, ...(token && { ContinuationToken: token }) })
      const { Contents = [], CommonPrefixes = [], NextContinuationToken } = await store.client.send(request)
      seen.push(...Contents.map(({ Key = '' }) => store.nameOf(Key)))
      seen.push(...CommonPrefixes.map(({ Prefix = '' }) => store.nameOf(Prefix)))
      token = NextContinuationToken
    }
    expect(seen).toEqual(['l/a', 'l/b/', 'l/c', 'l/ﬀ', 'l/😀'])
  })

  must('begin after a key, and follow puts and deletes', async () => {
    await putAll()
    const list = () => store.list('l/', { StartAfter: store.at('l/b/2') })
    expect(await list()).toEqual(['l/c', 'l/ﬀ', 'l/😀'])
    await store.put('l/d', 'd')
    expect(await list()).toEqual(['l/c', 'l/d', 'l/ﬀ', 'l/😀'])
    await store.remove('l/d')
    expect(await list()).toEqual(['l/c', 'l/ﬀ', 'l/😀'])
  })
}
