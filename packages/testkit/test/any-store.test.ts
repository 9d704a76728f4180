import { writeFile } from 'node:fs/promises'
import { describeObjectStore, resultsTable } from '@bellhop/testkit/object-store-conformance'
import type { CaseResult } from '@bellhop/testkit/object-store-conformance'
import { afterAll } from 'vitest'

const { env } = process
let results: readonly CaseResult[] = []

function given(name: string): string {
  const value = env[name]
  if (value) return value
  throw new Error(
    `Expected \`${name}\` to be set: \`pnpm test:store\` takes S3_ENDPOINT, S3_REGION (us-east-1), S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY, and S3_BUCKET where it may not make one.`,
  )
}

const endpoint = given('S3_ENDPOINT').replace(/\/+$/, '')
const bucket = env['S3_BUCKET'] || undefined
const connection = {
  endpoint,
  bucket,
  region: env['S3_REGION'] || 'us-east-1',
  accessKeyId: given('S3_ACCESS_KEY_ID'),
  secretAccessKey: given('S3_SECRET_ACCESS_KEY'),
}

describeObjectStore(`the store at ${new URL(endpoint).host}`, () => connection, {
  isBucketGiven: bucket !== undefined,
  onResults: (all) => {
    results = all
  },
})

afterAll(async () => {
  process.stdout.write(`\n${resultsTable(results)}\n`)
  const { STORE_RESULTS: path } = env
  if (!path) return
  await writeFile(path, path.endsWith('.md') ? resultsTable(results) : `${JSON.stringify(results, null, 2)}\n`)
})
