import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

/** As a user writes it. */
const PROGRAM = `
import { connect } from '@bellhop/client'

const controller = new AbortController()
await using bellhop = connect({ url: 'http://localhost:3000', apiKey: 'bh_key' })

const file = await bellhop.files.upload('./race.jpg', {
  tags: ['race'],
  onProgress: ({ sentBytes, totalBytes, etaMs }) => console.log(totalBytes === null ? sentBytes : sentBytes / totalBytes, etaMs),
  signal: controller.signal,
})
const job = await bellhop.jobs.submit('image.variants', { fileId: file.id, widths: [640] })
for await (const state of bellhop.jobs.watch(job.id)) console.log(state.status, state.progress, state.eta)
const done = await bellhop.jobs.wait(job.id)
await bellhop.files.download(done.output.files[0].id, './race-640.webp')
const width: number = done.output.width

const profile = await bellhop.jobs.submit('dataset.profile', { fileId: file.id })
const table = await bellhop.jobs.wait(profile)
await bellhop.files.download(table.output.files[0].id, './race.parquet')
const rows: number = table.output.rowCount
const page = await bellhop.catalog.search({ text: 'race', type: 'image', sort: 'newest' })
console.log(width, rows, page.items[0]?.name)

// @ts-expect-error -- a table has no width
console.log(table.output.width)
// @ts-expect-error -- there is no such kind
await bellhop.jobs.submit('image.paint', { fileId: file.id })
// @ts-expect-error -- the input of another kind
await bellhop.jobs.submit('dataset.profile', { widths: [640] })
`

/** What the programs of the READMEs take for granted. */
const GIVEN = `
declare const apiKey: string
declare const onProgress: (progress: { sentBytes: number }) => void
declare const signal: AbortSignal
`

test('programs compile for a user with strict settings, kind by kind: this one, and those of the READMEs', async () => {
  const readmes = ['README.md', 'packages/client/README.md'].map((page) => {
    const text = readFileSync(join(import.meta.dirname, '../../..', page), 'utf8')
    const program = /```ts\n([^]*?)```/.exec(text)?.[1]
    expect(program).toContain('connect(')
    return `${program}${GIVEN}`
  })
  expect(await compile([PROGRAM, ...readmes])).toBe('')
}, 60_000)

test('so does the one that remembers uploads in a folder, for a user of Node', async () => {
  const text = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
  const program = /```ts\n(import { folderJournal[^]*?)```/.exec(text)?.[1]
  expect(program).toContain('unfinished()')
  expect(await compile([`import { connect } from '@bellhop/client'\n${program}${GIVEN}`], ['node'])).toBe('')
}, 60_000)

/** What the compiler has to say. */
async function compile(programs: readonly string[], types: readonly string[] = []): Promise<string> {
  const here = import.meta.dirname
  const dir = await mkdtemp(join(here, 'program-'))
  try {
    const files = programs.map((program, index) => {
      writeFileSync(join(dir, `program-${index}.ts`), program)
      return `program-${index}.ts`
    })
    const options = {
      strict: true,
      noEmit: true,
      target: 'es2024',
      module: 'nodenext',
      lib: ['es2024', 'dom', 'dom.asynciterable', 'esnext.disposable'],
      types,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      paths: { '@bellhop/client': ['../../src/index.ts'], '@bellhop/client/node': ['../../src/node.ts'] },
    }
    writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files }))
    const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
    const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', dir], { encoding: 'utf8' })
    return stdout + stderr
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
