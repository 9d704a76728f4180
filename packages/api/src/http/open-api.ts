import { fileIdSchema, outputIdSchema } from '@bellhop/model'
import type { JobKind } from '@bellhop/model'
import { z } from 'zod'
import { jobId } from '../input.ts'
import { problemBody } from './job-schemas.ts'
import type { AnswerShape, Route } from './route.ts'

type Json = Readonly<Record<string, unknown>>

/** Ids are checked by code; this is how they look. */
const ID_PATTERNS = new Map<unknown, string>(
  (
    [
      [jobId, 'job'],
      [fileIdSchema, 'file'],
      [outputIdSchema, 'out'],
    ] as const
  ).map(([schema, prefix]) => [schema, `^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`]),
)

/** The routes and the kinds of jobs as OpenAPI 3.1, from the schemas that they are parsed with. */
export function describeApi(kinds: readonly JobKind[], routes: readonly Route[]): Json {
  const components = new Map<string, Json>()
  const schema = (type: z.ZodType, io: 'input' | 'output') => inline(type, io, components)
  const paths: Record<string, Record<string, Json>> = {}
  for (const route of routes) {
    const operations = (paths[route.path] ??= {})
    operations[route.method.toLowerCase()] = operation(route, kinds, schema)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Bellhop: jobs',
      version: '1',
      description:
        'Start work, watch it, cancel it, fetch its result. The same envelope and cursor as every transport.',
    },
    servers: [{ url: '/' }],
    security: [{ apiKey: [] }],
    paths,
    components: {
      schemas: Object.fromEntries(components),
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, `bh_…`. It opens its own workspace.' },
      },
    },
  }
}

type ToSchema = (type: z.ZodType, io: 'input' | 'output') => Json

function operation(route: Route, kinds: readonly JobKind[], schema: ToSchema): Json {
  const { shape } = route.input
  const answers: [string, Json][] = Object.entries(route.answers).map(([status, answer]) => [
    status,
    response(answer, Number(status), resultOf(route, Number(status), kinds, schema), schema),
  ])
  return {
    operationId: route.operationId,
    summary: route.summary,
    parameters: [
      ...parametersOf('path', shape['params'], schema),
      ...parametersOf('query', shape['query'], schema),
      ...parametersOf('header', shape['headers'], schema),
      WORKSPACE,
    ],
    ...(shape['body'] && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: jobToSubmitOf(kinds, shape['body'], schema) } },
      },
    }),
    responses: {
      ...Object.fromEntries(answers),
      default: response({ description: 'A refusal.' }, 500, undefined, schema),
    },
  }
}

const WORKSPACE = {
  name: 'x-bellhop-workspace',
  in: 'header',
  description: 'With a session of a person who belongs to several workspaces.',
  schema: { type: 'string' },
}

function parametersOf(place: 'path' | 'query' | 'header', type: unknown, schema: ToSchema): Json[] {
  if (!(type instanceof z.ZodObject)) return []
  const described = schema(type, 'input') as { properties?: Record<string, Json>; required?: string[] }
  return Object.entries(described.properties ?? {}).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: described.required?.includes(name) ?? false,
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }))
}

function response(answer: AnswerShape, status: number, result: Json | undefined, schema: ToSchema): Json {
  const body = result ?? (answer.body && schema(answer.body, 'output'))
  const content = answer.events
    ? { 'text/event-stream': { schema: { type: 'string', contentMediaType: 'application/json', contentSchema: body } } }
    : status >= 400
      ? { 'application/problem+json': { schema: schema(problemBody, 'output') } }
      : body && { 'application/json': { schema: body } }
  const headers = Object.entries(answer.headers ?? {}).map(([name, description]) => [
    name,
    { description, schema: { type: 'string' } },
  ])
  return {
    description: answer.description,
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) as Json }),
    ...(content && { content }),
  }
}

/** Each kind with its own input; what else a job may be told stands beside it. */
function jobToSubmitOf(kinds: readonly JobKind[], body: z.core.$ZodType, schema: ToSchema): Json {
  const common = schema(body as z.ZodType, 'input') as { properties?: Json; required?: string[] }
  return {
    oneOf: kinds.map((kind) => ({
      title: kind.name,
      ...common,
      properties: { ...common.properties, kind: { const: kind.name }, input: schema(kind.input, 'input') },
    })),
  }
}

function resultOf(route: Route, status: number, kinds: readonly JobKind[], schema: ToSchema): Json | undefined {
  if (route.operationId !== 'getJobResult' || status !== 200) return undefined
  return { oneOf: kinds.map((kind) => ({ title: kind.name, ...schema(kind.output, 'output') })) }
}

/** A schema in place; what has an id of its own goes among the components, and is referred to. */
function inline(type: z.ZodType, io: 'input' | 'output', components: Map<string, Json>): Json {
  const {
    $schema: _,
    $defs,
    ...rest
  } = z.toJSONSchema(type, {
    io,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      const pattern = ID_PATTERNS.get(zodSchema)
      if (pattern !== undefined) Object.assign(jsonSchema, { type: 'string', pattern })
      // Answers gain fields with time, and a client must not stumble over them.
      if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
    },
  }) as Json & { $defs?: Readonly<Record<string, Json>> }
  for (const [name, definition] of Object.entries($defs ?? {})) components.set(name, toComponents(definition))
  return toComponents(rest)
}

function toComponents(schema: Json): Json {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')
  return JSON.parse(text) as Json
}
