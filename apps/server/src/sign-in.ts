import type { IncomingMessage, ServerResponse } from 'node:http'
import { toAppError } from '@bellhop/business'
import type { Platform } from '@bellhop/business'
import { AppError } from '@bellhop/model'
import { z } from 'zod'
import { mayUseCookie } from './credentials.ts'

const MAX_BODY_BYTES = 4 * 1024
const body = z.object({ token: z.string().min(1).max(500) })

/** POST /auth/sign-in { token }: spends the token of a sign-in link for a session cookie. A GET could burn it unseen. */
export async function signIn(platform: Platform, request: IncomingMessage, response: ServerResponse): Promise<void> {
  await answer(platform, request, response, async () => {
    const parsed = body.safeParse(await readJson(request))
    if (!parsed.success) throw new AppError('INVALID_INPUT', 'Send the token of the sign-in link as { "token": "…" }.')
    return platform.identity.redeemSignInToken(parsed.data.token, new Headers())
  })
}

/** POST /auth/sign-out: ends the session of the cookie. */
export async function signOut(platform: Platform, request: IncomingMessage, response: ServerResponse): Promise<void> {
  await answer(platform, request, response, async () => {
    const cleared = await platform.identity.signOut(new Headers({ cookie: request.headers.cookie ?? '' }))
    platform.callers.clear()
    return cleared
  })
}

async function answer(
  platform: Platform,
  request: IncomingMessage,
  response: ServerResponse,
  act: () => Promise<string[]>,
): Promise<void> {
  try {
    if (!mayUseCookie(request, platform.settings.publicUrl))
      throw new AppError('FORBIDDEN', 'Sign in and out from the page itself.')
    response.setHeader('set-cookie', await act())
    response.writeHead(204).end()
  } catch (error) {
    const { code, message, cause } = toAppError(error)
    if (code === 'INTERNAL') platform.log.error('Signing in or out failed.', cause)
    const status =
      code === 'INVALID_INPUT' ? 400 : code === 'FORBIDDEN' ? 403 : code === 'SIGN_IN_LINK_INVALID' ? 401 : 503
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ code, sentence: message }))
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > MAX_BODY_BYTES) throw new AppError('INVALID_INPUT', 'The request is too long for a sign-in.')
  }
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
