import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { uploadBytes } from '@bellhop/testkit'
import { expect, test } from 'vitest'
import { startTestServer } from './world/server.ts'

const PAGE = new URL('../../../docs/http-api.md', import.meta.url)
const END = '--- end of an example ---'

test('the examples of docs/http-api.md do what the page says', async () => {
  await using server = await startTestServer()
  await using _ = await server.world.startWorker()
  const { key } = await server.key()
  const { file } = await uploadBytes(server.world.owner, 'a.csv', 'a,b\n1,2\n', { startJobs: false })
  const examples = [...readFileSync(PAGE, 'utf8').matchAll(/```sh\n([^]*?)```/g)].map(([, code]) => code!)
  const script = ['set -euo pipefail', ...examples.flatMap((code) => [code, `echo; echo '${END}'`])].join('\n')
  const { stdout } = await promisify(execFile)('bash', ['-c', script], {
    env: { PATH: process.env['PATH'], URL: server.url, KEY: key, FILE: file.id },
  })
  const printed = stdout.split(END).map((text) => text.trim())
  const [started, events, longPoll, asked, feed, list, result, ended] = printed
  expect(started).toBe('')
  const states = events!
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice(6)) as { status: string })
  expect(states.at(-1)?.status).toBe('COMPLETED')
  expect(JSON.parse(longPoll!)).toEqual(states.at(-1))
  expect(asked).toBe('303')
  expect(feed).toContain('retry: ')
  expect(JSON.parse(list!)).toMatchObject({ items: [{ status: 'COMPLETED' }], nextCursor: null })
  expect(JSON.parse(result!)).toMatchObject({ format: 'csv', rowCount: 1 })
  expect(ended).toMatch(/JOB_NOT_CANCELLABLE.*JOB_NOT_RETRYABLE/)
}, 60_000)
