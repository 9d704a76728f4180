import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** What each member of the house may import at run time. Down only, and no layer skipped; `model` lies under all. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  kind: ['model'],
  'live-view': [],
  'local-stack': [],
  persistence: ['live-view', 'model'],
  business: ['kind', 'model', 'persistence'],
  api: ['business', 'model'],
  client: ['model'],
  react: ['client', 'model'],
  testkit: ['business', 'local-stack', 'model', 'persistence'],
  server: ['api', 'business', 'model'],
  worker: ['business', 'model'],
  web: ['client', 'model', 'react'],
  cli: ['client', 'local-stack', 'model', 'server', 'worker'],
  'example-my-kind': ['client', 'kind'],
  'example-node-script': ['client'],
  'example-product-search': ['live-view'],
  'example-react-page': ['client', 'react'],
  e2e: ['client'],
  chaos: ['client', 'local-stack', 'model'],
  bench: ['business', 'client', 'live-view', 'local-stack', 'model', 'persistence'],
}
/** Types only, so they stand among the devDependencies. */
const MAY_KNOW_TYPES_OF: Readonly<Record<string, readonly string[]>> = {
  client: ['api'],
  web: ['api'],
  kind: ['client'],
  'example-react-page': ['example-my-kind'],
}
const TEST_TOOLS = ['kind', 'local-stack', 'testkit', 'persistence']

interface Manifest {
  readonly name: string
  readonly dependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
}

const manifests = ['apps', 'examples', 'packages'].flatMap((folder) =>
  readdirSync(join(ROOT, folder)).map(
    (name) => JSON.parse(readFileSync(join(ROOT, folder, name, 'package.json'), 'utf8')) as Manifest,
  ),
)
const ours = (dependencies: Record<string, string> = {}) =>
  Object.keys(dependencies).flatMap((name) => (name.startsWith('@bellhop/') ? [name.slice('@bellhop/'.length)] : []))

test('every member of the house is in the table', () => {
  expect(manifests.map(({ name }) => name.slice('@bellhop/'.length)).toSorted()).toEqual(
    Object.keys(MAY_IMPORT).toSorted(),
  )
})

describe.each(manifests.map((manifest) => [manifest.name.slice('@bellhop/'.length), manifest] as const))(
  '%s',
  (name, manifest) => {
    test('imports only what lies below it', () => {
      expect(ours(manifest.dependencies).filter((other) => !MAY_IMPORT[name]?.includes(other))).toEqual([])
    })

    test('has only test tools, and types it may know, among its devDependencies', () => {
      const allowed = [...TEST_TOOLS, ...(MAY_KNOW_TYPES_OF[name] ?? [])]
      expect(ours(manifest.devDependencies).filter((other) => !allowed.includes(other))).toEqual([])
    })
  },
)

test('the root has tools only: a library there would resolve from everywhere', () => {
  const root = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest
  expect(Object.keys(root.dependencies ?? {})).toEqual([])
  expect(Object.keys(root.devDependencies ?? {}).toSorted()).toEqual([
    '@types/node',
    'knip',
    'node',
    'oxfmt',
    'oxlint',
    'oxlint-tsgolint',
    'typescript',
    'vitest',
  ])
})

test('web and client import the contract as types only', () => {
  for (const folder of ['apps/web/src', 'packages/client/src']) {
    const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.tsx?$/.test(file),
    )
    const offenders = files.filter((file) =>
      /^import (?!type)[^\n]*from '@bellhop\/api'/m.test(readFileSync(join(ROOT, folder, file), 'utf8')),
    )
    expect(offenders).toEqual([])
  }
})
