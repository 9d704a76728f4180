import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { uploadBytes } from '@bellhop/testkit'
import { expect, test } from 'vitest'
import { connect } from '../src/index.ts'
import { startHouse } from './world/house.ts'

test('an owner makes a webhook, sees how its messages went, sends one again, stops it and removes it', async () => {
  await using house = await startHouse({ webhooksToPrivate: true })
  await using receiver = await startReceiver()
  await using bellhop = connect({ url: house.api.url })
  const { webhooks } = bellhop
  const { webhook, signingSecret } = await webhooks.create({ url: receiver.url, events: ['job.completed'] })
  expect(signingSecret).toMatch(/^whsec_/)
  expect(await webhooks.list()).toEqual([webhook])

  await webhooks.test(webhook.id)
  const { file } = await uploadBytes(house.platform.owner, 'a.csv', 'a,b\n1,2\n', { startJobs: false })
  const job = await bellhop.jobs.submit('dataset.profile', { fileId: file.id })
  await bellhop.jobs.wait(job.id)
  const statuses = async () => (await webhooks.deliveries(webhook.id)).items.map(({ status }) => status)
  await expect.poll(statuses, { timeout: 20_000 }).toEqual(['DELIVERED', 'DELIVERED'])
  expect(receiver.types).toEqual(['test', 'job.completed'])

  const first = await webhooks.deliveries(webhook.id, { limit: 1 })
  const second = await webhooks.deliveries(webhook.id, { limit: 1, cursor: first.nextCursor! })
  expect([...first.items, ...second.items].map(({ event }) => event)).toEqual(['job.completed', 'test'])
  await webhooks.replay(first.items[0]!.id)
  await expect.poll(() => receiver.types, { timeout: 20_000 }).toEqual(['test', 'job.completed', 'job.completed'])

  expect((await webhooks.rotateSecret(webhook.id)).signingSecret).not.toBe(signingSecret)
  expect((await webhooks.update(webhook.id, { enabled: false })).disabledAt).not.toBeNull()
  await webhooks.delete(webhook.id)
  expect(await webhooks.list()).toEqual([])
  await expect(webhooks.delete(webhook.id)).rejects.toMatchObject({ code: 'WEBHOOK_NOT_FOUND' })
})

interface Receiver extends AsyncDisposable {
  readonly url: string
  readonly types: readonly string[]
}

async function startReceiver(): Promise<Receiver> {
  const types: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      types.push((JSON.parse(body) as { type: string }).type)
      response.writeHead(200).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    types,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
