import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { previewDownloads, startDownload } from '@bellhop/business'
import type { Context } from '@bellhop/business'
import { startTestPlatform, uploadBytes } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { DuckDBInstance } from '@duckdb/node-api'
import * as contentDisposition from 'content-disposition'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let world: TestPlatform
let owner: Context

beforeAll(async () => {
  world = await startTestPlatform()
  owner = world.owner
})
afterAll(() => world[Symbol.asyncDispose]())

/** What whoever holds the key is answered. */
async function answerOf(id: Parameters<typeof startDownload>[1]['id'], asked: 'inline' | 'attachment') {
  const { url } = await startDownload(owner, { id, disposition: asked })
  const answer = await fetch(url)
  await answer.body?.cancel()
  const header = answer.headers.get('content-disposition') ?? ''
  const { type: disposition, parameters } = contentDisposition.parse(header)
  return { status: answer.status, header, disposition, parameters, type: answer.headers.get('content-type') }
}

describe('what a browser would run', () => {
  const script = '<script>alert(1)</script>'
  test.for([
    { name: 'a.svg', mediaType: 'image/svg+xml' },
    { name: 'a.html', mediaType: 'text/html' },
    { name: 'a.xhtml', mediaType: 'application/xhtml+xml' },
    { name: 'a.xml', mediaType: 'application/xml' },
    { name: 'b.xml', mediaType: 'text/xml' },
    { name: 'a.js', mediaType: 'text/javascript' },
    { name: 'b.js', mediaType: 'application/javascript' },
    { name: 'a.mjs', mediaType: 'application/ecmascript' },
    { name: 'a.pdf', mediaType: 'application/pdf' },
    { name: 'a.css', mediaType: 'text/css' },
    { name: 'film.svg', mediaType: 'video/svg+xml' },
    { name: 'loud.html', mediaType: 'TEXT/HTML; charset=utf-8' },
    { name: 'a.mht', mediaType: 'multipart/related' },
    { name: 'a.swf', mediaType: 'application/x-shockwave-flash' },
    { name: 'unknown', mediaType: '' },
  ])('is an attachment of no type, even when asked for inline: $name, $mediaType', async ({ name, mediaType }) => {
    const { file } = await uploadBytes(owner, name, name.endsWith('.pdf') ? '%PDF-1.7\n' : script, {
      mediaType,
      startJobs: false,
    })
    expect(await answerOf(file.id, 'inline')).toMatchObject({
      status: 200,
      type: 'application/octet-stream',
      disposition: 'attachment',
    })
    expect(await previewDownloads(owner, { ids: [file.id] })).toEqual([])
  })
})

describe('the name', () => {
  test.for([
    'plain.bin',
    'two words.bin',
    'quo"te.bin',
    "apo'strophe.bin",
    'semi;colon=x.bin',
    'per%cent%41.bin',
    'naïve.bin',
    '보고서 최종(2).bin',
    '🧳.bin',
    '"; filename="evil.html',
    `${'가'.repeat(250)}.bin`,
  ])('reaches the browser as it is, and nothing else does: %s', async (name) => {
    const { file } = await uploadBytes(owner, name, 'x', { startJobs: false })
    const { header, disposition, parameters } = await answerOf(file.id, 'attachment')
    expect({ disposition, name: parameters['filename'] }).toEqual({ disposition: 'attachment', name: file.name })
    // RFC 6266: what is not Latin goes into filename*, and what reads only `filename` gets Latin letters.
    expect(header).toMatch(/^[\x20-\x7e]+$/)
    if (/[^\x20-\x7e]/.test(file.name)) expect(header).toMatch(/filename\*=UTF-8''/)
  })

  test('cannot bring a header of its own', async () => {
    const { file } = await uploadBytes(owner, 'a\r\nx-evil: 1\r\n\r\n.bin', 'x', { startJobs: false })
    const { url } = await startDownload(owner, { id: file.id })
    const answer = await fetch(url)
    await answer.body?.cancel()
    expect(answer.headers.get('x-evil')).toBeNull()
    expect(answer.headers.get('content-disposition')).toContain('ax-evil')
  })
})

describe('what is read in pieces', () => {
  test('a Parquet file, from its footer on, by ranges of one key', async () => {
    await using scratch = await scratchFolder()
    const made = join(scratch.path, 'made.parquet')
    const instance = await DuckDBInstance.create()
    const connection = await instance.connect()
    await connection.run(`copy (select i, 'row ' || i as name from range(50000) t(i)) to '${made}' (format parquet)`)
    const bytes = new Uint8Array(await readFile(made))
    const { file } = await uploadBytes(owner, 'rows.parquet', bytes, { startJobs: false })
    const { url } = await startDownload(owner, { id: file.id })
    const range = async (spec: string) => {
      const answer = await fetch(url, { headers: { range: `bytes=${spec}` } })
      expect(answer.status).toBe(206)
      return { bytes: Buffer.from(await answer.arrayBuffer()), range: answer.headers.get('content-range') }
    }
    const tail = await range('-8')
    expect(tail.range).toBe(`bytes ${bytes.length - 8}-${bytes.length - 1}/${bytes.length}`)
    expect(tail.bytes.subarray(4).toString('latin1')).toBe('PAR1')
    const footerAt = bytes.length - 8 - tail.bytes.readUInt32LE(0)
    const half = Math.floor(footerAt / 2)
    const pieces = await Promise.all([
      range(`0-${half - 1}`),
      range(`${half}-${footerAt - 1}`),
      range(`${footerAt}-${bytes.length - 9}`),
    ])
    const read = join(scratch.path, 'read.parquet')
    await writeFile(read, Buffer.concat([...pieces, tail].map((piece) => piece.bytes)))
    const answer = await connection.runAndReadAll(`select count(*)::int, sum(i)::int, max(name) from '${read}'`)
    expect(answer.getRows()).toEqual([[50_000, 1_249_975_000, 'row 9999']])
    connection.closeSync()
    instance.closeSync()
  })

  test('an image, through a preview key, with the type that shows it', async () => {
    const image = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'teal' } })
      .png()
      .toBuffer()
    const { file } = await uploadBytes(owner, 'teal.png', new Uint8Array(image), { startJobs: false })
    const [preview] = await previewDownloads(owner, { ids: [file.id] })
    const answer = await fetch(preview?.url ?? '')
    expect(answer.headers.get('content-type')).toBe('image/png')
    expect(answer.headers.get('content-disposition')).toMatch(/^inline/)
    const found = await sharp(await answer.bytes()).metadata()
    expect(found).toMatchObject({ format: 'png', width: 40, height: 30 })
  })
})

async function scratchFolder() {
  const path = await mkdtemp(join(tmpdir(), 'bellhop-ranges-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
