import { connect } from '@bellhop/client'
import type { Bellhop } from '@bellhop/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBellhop } from '../src/start-bellhop.ts'
import type { RunningBellhop } from '../src/start-bellhop.ts'

type JobSnapshot = Awaited<ReturnType<Bellhop['jobs']['cancel']>>

const ENDED = ['COMPLETED', 'FAILED', 'CANCELLED']

let bellhop: RunningBellhop

beforeAll(async () => {
  bellhop = await startBellhop()
})
afterAll(() => bellhop[Symbol.asyncDispose]())

/** How a job is followed to its end, each way as a client of its own. */
const WAYS: Readonly<Record<string, (id: JobSnapshot['id']) => AsyncIterable<JobSnapshot>>> = {
  WebSocket: (id) => overSdk('ws', id),
  'Server-Sent Events of tRPC': (id) => overSdk('sse', id),
  'plain Server-Sent Events': overEvents,
  'long-polls': overLongPolls,
}

async function* overSdk(transport: 'ws' | 'sse', id: JobSnapshot['id']): AsyncGenerator<JobSnapshot> {
  await using client = connect({ url: bellhop.url, apiKey: bellhop.apiKey, transport })
  yield* client.jobs.watch(id)
}

function get(path: string): Promise<Response> {
  return fetch(`${bellhop.url}${path}`, { headers: { authorization: `Bearer ${bellhop.apiKey}` }, redirect: 'manual' })
}

async function* overEvents(id: string): AsyncGenerator<JobSnapshot> {
  const answer = await get(`/v1/jobs/${id}/events`)
  let text = ''
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1]
      if (data !== undefined) yield JSON.parse(data) as JobSnapshot
    }
  }
}

async function* overLongPolls(id: string): AsyncGenerator<JobSnapshot> {
  for (let version = 0; ;) {
    const answer = await get(`/v1/jobs/${id}?after=${version}&wait=25`)
    if (answer.status === 304) continue
    expect(answer.status).toBe(200)
    const job = (await answer.json()) as JobSnapshot
    version = job.version
    yield job
    if (ENDED.includes(job.status)) return
  }
}

test('whichever way a job is followed, its versions rise strictly and end with the same final state', async () => {
  await using client = connect({ url: bellhop.url, apiKey: bellhop.apiKey })
  const rows = Array.from({ length: 100_000 }, (_, id) => `${id},name ${id % 977},${(id * 37) % 1000}`).join('\n')
  const file = await client.files.upload(new File([`id,name,amount\n${rows}\n`], 'long.csv', { type: 'text/csv' }))
  for (const cancel of [false, true]) {
    const job = await client.jobs.submit('dataset.profile', { fileId: file.id })
    const followed = Object.keys(WAYS).map((way) => [way, [] as JobSnapshot[]] as const)
    const following = followed.map(async ([way, states]) => {
      for await (const state of WAYS[way]!(job.id)) states.push(state)
    })
    if (cancel) {
      await expect.poll(() => followed.every(([, states]) => states.length > 0)).toBe(true)
      await client.jobs.cancel(job.id)
    }
    await Promise.all(following)
    const [, first] = followed[0]!
    expect(first.at(-1)?.status).toBe(cancel ? 'CANCELLED' : 'COMPLETED')
    for (const [way, states] of followed) {
      const versions = states.map(({ version }) => version)
      expect(versions, way).toEqual([...new Set(versions)].toSorted((a, b) => a - b))
      expect(states.filter(({ status }) => ENDED.includes(status)).length, way).toBe(1)
      expect(states.at(-1), way).toEqual(first.at(-1))
    }
  }
})
