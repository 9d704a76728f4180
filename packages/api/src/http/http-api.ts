import type { IncomingMessage, ServerResponse } from 'node:http'
import { toAppError } from '@bellhop/business'
import { AppError } from '@bellhop/model'
import { ZodError, z } from 'zod'
import type { RequestContext } from '../context.ts'
import { invalidInput } from '../invalid-input.ts'
import { writeEvents } from './event-stream.ts'
import { JOB_ROUTES } from './job-routes.ts'
import { describeApi } from './open-api.ts'
import { problem } from './problem.ts'
import { readJson } from './request-body.ts'
import type { HttpAnswer, HttpCall, Route } from './route.ts'

const DESCRIPTION_PATH = '/v1/openapi.json'

interface Match {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

/** Serves `/v1`: the jobs, over plain HTTP, for every language. Never rejects. */
export async function serveHttpApi(
  ctx: RequestContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  allowOtherOrigins(response)
  response.setHeader('x-request-id', ctx.requestId)
  if (request.method === 'OPTIONS') return void response.writeHead(204).end()
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const refuse = (error: unknown) => refusal(ctx, `${request.method} ${request.url}`, error)
  try {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (url.pathname === DESCRIPTION_PATH && request.method === 'GET') {
      return write(response, { status: 200, body: describeApi(ctx.platform.kinds.all, JOB_ROUTES) })
    }
    const found = JOB_ROUTES.flatMap((route) => matchPath(route, url.pathname) ?? [])
    const match = found.find(({ route }) => route.method === request.method)
    if (!match) return write(response, noRoute(ctx.requestId, found, request.method))
    const { platform, jobHub, viewHub } = ctx
    const call = { platform, jobHub, viewHub, caller: await ctx.identify() }
    const input = await readInput(match, url, request)
    const answer = await match.route.run({ ctx: { ...ctx, call }, input, signal: gone.signal } satisfies HttpCall)
    if (!('events' in answer)) return write(response, answer)
    await writeEvents(response, answer.events(gone.signal), { stop: gone, describe: refuse })
  } catch (error) {
    if (!response.headersSent) write(response, refuse(error))
    else response.destroy()
  }
}

/** `/v1/jobs/{jobId}` against a path. A route without a parameter comes before one with it. */
function matchPath(route: Route, pathname: string): Match | undefined {
  const names = route.path.split('/')
  const parts = pathname.split('/')
  if (names.length !== parts.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, name] of names.entries()) {
    const part = parts[index] ?? ''
    if (name.startsWith('{')) params[name.slice(1, -1)] = part
    else if (name !== part) return undefined
  }
  return { route, params }
}

async function readInput({ route, params }: Match, url: URL, request: IncomingMessage): Promise<unknown> {
  const { shape } = route.input
  return route.input.parse({
    params,
    query: queryOf(url.searchParams, shape['query']),
    headers: request.headers,
    ...(shape['body'] && { body: await readJson(request) }),
  })
}

/** What may come several times is a list, though it comes once. */
function queryOf(given: URLSearchParams, schema: z.ZodType | undefined): Readonly<Record<string, unknown>> {
  const fields = schema instanceof z.ZodObject ? schema.shape : {}
  return Object.fromEntries(
    [...new Set(given.keys())].map((name) => {
      const field: unknown = fields[name]
      const inner: unknown = field instanceof z.ZodOptional ? field.unwrap() : field
      return [name, inner instanceof z.ZodArray ? given.getAll(name) : given.get(name)]
    }),
  )
}

function noRoute(requestId: string, found: readonly Match[], method: string | undefined): HttpAnswer {
  if (found.length === 0) return problem(new AppError('ROUTE_NOT_FOUND'), requestId)
  const allow = found.map(({ route }) => route.method).join(', ')
  const answer = problem(new AppError('ROUTE_NOT_FOUND', `${method} is not done here; ${allow} is.`), requestId, 405)
  return { ...answer, headers: { ...answer.headers, allow } }
}

function refusal(ctx: RequestContext, what: string, error: unknown): HttpAnswer {
  const app = error instanceof ZodError ? invalidInput(error) : toAppError(error)
  if (app.code === 'INTERNAL') ctx.platform.log.error(`${what} failed (request ${ctx.requestId}).`, app.cause)
  return problem(app, ctx.requestId)
}

function write(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  if (body === undefined) return void response.writeHead(status, { ...headers }).end()
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers })
    .end(JSON.stringify(body))
}

/** Other origins may call with an API key; cookies are neither asked for nor looked at then. */
function allowOtherOrigins(response: ServerResponse): void {
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('access-control-allow-methods', 'GET, POST, DELETE')
  response.setHeader(
    'access-control-allow-headers',
    'authorization, content-type, idempotency-key, if-none-match, last-event-id, x-bellhop-workspace',
  )
  response.setHeader('access-control-expose-headers', 'allow, etag, link, location, retry-after, x-request-id')
  response.setHeader('access-control-max-age', '86400')
}
