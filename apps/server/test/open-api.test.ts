import { Validator } from '@seriousme/openapi-schema-validator'
import { uploadBytes } from '@bellhop/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer } from './world/server.ts'
import type { TestServer } from './world/server.ts'

interface Operation {
  readonly operationId: string
  readonly parameters: readonly { name: string; in: string; schema: unknown; required: boolean }[]
  readonly requestBody?: {
    content: Record<string, { schema: { oneOf: { title: string; properties: Record<string, unknown> }[] } }>
  }
  readonly responses: Record<string, { content?: Record<string, { schema: Record<string, unknown> }> }>
}
interface Description {
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { schemas: Record<string, { required: string[]; properties: Record<string, unknown> }> }
}

let server: TestServer
let description: Description

beforeAll(async () => {
  server = await startTestServer()
  description = (await (await fetch(`${server.url}/v1/openapi.json`)).json()) as Description
})
afterAll(() => server[Symbol.asyncDispose]())

test('the description is valid OpenAPI 3.1, and anybody may read it', async () => {
  const validator = new Validator()
  expect(await validator.validate(JSON.parse(JSON.stringify(description)) as Record<string, unknown>)).toEqual({
    valid: true,
  })
  expect(validator.version).toBe('3.1')
})

test('every route that is described is served, with the methods that are described and no other', async () => {
  const { key } = await server.key()
  for (const [path, operations] of Object.entries(description.paths)) {
    const url = `${server.url}${path.replace('{jobId}', `job_${'0'.repeat(26)}`)}`
    const answer = await fetch(url, { method: 'PUT', headers: { authorization: `Bearer ${key}` } })
    expect(answer.status, path).toBe(405)
    const allowed = answer.headers.get('allow')!.toLowerCase().split(', ')
    // A path with a parameter and one without may both fit: `/v1/jobs/events` is no job.
    expect(allowed, path).toEqual(expect.arrayContaining(Object.keys(operations)))
    for (const method of Object.keys(operations)) {
      const stop = new AbortController()
      const served = await fetch(url, {
        method: method.toUpperCase(),
        headers: { authorization: `Bearer ${key}` },
        signal: stop.signal,
      })
      expect(served.headers.get('x-request-id'), `${method} ${path}`).toBeTruthy()
      expect([200, 400, 404], `${method} ${path}`).toContain(served.status)
      if (served.status >= 400) expect(await served.text()).not.toContain('ROUTE_NOT_FOUND')
      stop.abort()
    }
  }
})

test('every kind stands there with its input and its output', () => {
  const kinds = server.world.platform.kinds.all.map(({ name }) => name)
  const submit = description.paths['/v1/jobs']!['post']!
  const inputs = submit.requestBody!.content['application/json']!.schema.oneOf
  expect(inputs.map(({ title }) => title)).toEqual(kinds)
  const image = inputs.find(({ title }) => title === 'image.variants')!
  expect(image.properties).toMatchObject({
    kind: { const: 'image.variants' },
    input: {
      type: 'object',
      required: ['fileId'],
      properties: { fileId: { type: 'string', pattern: expect.stringContaining('file_') } },
    },
  })
  const outputs = description.paths['/v1/jobs/{jobId}/result']!['get']!.responses['200']!.content!['application/json']!
  expect((outputs.schema['oneOf'] as { title: string }[]).map(({ title }) => title)).toEqual(kinds)
})

test('a job has exactly the fields that are described', async () => {
  const { owner } = server.world
  const { key } = await server.key()
  const { file } = await uploadBytes(owner, 'a.csv', 'a,b\n1,2\n', { startJobs: false })
  const answer = await fetch(`${server.url}/v1/jobs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'dataset.profile', input: { fileId: file.id } }),
  })
  const described = description.components.schemas['Job']!
  const fields = Object.keys((await answer.json()) as object).toSorted()
  expect(fields).toEqual(Object.keys(described.properties).toSorted())
  expect(described.required.toSorted()).toEqual(fields)
})

test('each path and its parameters belong together', () => {
  for (const [path, operations] of Object.entries(description.paths)) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    for (const { parameters, operationId } of Object.values(operations)) {
      const inPath = parameters.filter((parameter) => parameter.in === 'path')
      expect(
        inPath.map(({ name }) => name),
        operationId,
      ).toEqual(names)
      expect(inPath.every(({ required }) => required)).toBe(true)
    }
  }
})
