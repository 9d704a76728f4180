import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ensureFirstOwner, signInLink, toAppError } from '@bellhop/business'
import type { Platform } from '@bellhop/business'
import { AppError } from '@bellhop/model'
import type { ErrorCode } from '@bellhop/model'
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
    platform.notifier.callersChanged()
    return cleared
  })
}

/**
 * POST /auth/sign-in-link: a link for the first owner. Whoever can read the data folder of the server may have one: the
 * bearer is made of its secret. No API key is enough, for a session reaches every workspace of its person.
 */
export async function issueSignInLink(
  platform: Platform,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  await refuseInWords(platform, response, async () => {
    const shown = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    const wanted = createHmac('sha256', platform.settings.secret).update('sign-in link').digest()
    const given = Buffer.from(shown, 'base64url')
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw new AppError('UNAUTHENTICATED')
    const { email } = await ensureFirstOwner(platform)
    const url = await signInLink(platform, email)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ url }))
  })
}

async function answer(
  platform: Platform,
  request: IncomingMessage,
  response: ServerResponse,
  act: () => Promise<string[]>,
): Promise<void> {
  await refuseInWords(platform, response, async () => {
    if (!mayUseCookie(request, platform.settings.publicUrl)) {
      throw new AppError('FORBIDDEN', 'Sign in and out from the page itself.')
    }
    response.setHeader('set-cookie', await act())
    response.writeHead(204).end()
  })
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  INVALID_INPUT: 400,
  UNAUTHENTICATED: 401,
  SIGN_IN_LINK_INVALID: 401,
  FORBIDDEN: 403,
  INTERNAL: 500,
}

async function refuseInWords(platform: Platform, response: ServerResponse, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    const { code, message, cause } = toAppError(error)
    if (code === 'INTERNAL') platform.log.error('Signing in or out failed.', cause)
    response
      .writeHead(STATUS[code] ?? 503, { 'content-type': 'application/json' })
      .end(JSON.stringify({ code, sentence: message }))
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
