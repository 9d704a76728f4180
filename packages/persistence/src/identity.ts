import { AppError } from '@bellhop/model'
import type { UserId } from '@bellhop/model'
import type { openAuth } from './auth.ts'
import type { Database } from './database.ts'

/** Users and sessions, kept by Better Auth. Sign-in is by a single-use link; only its hash is stored. */
export type Identity = ReturnType<typeof openIdentity>

export interface IdentityOptions {
  readonly secret: string
  readonly publicUrl: string
}

export function openIdentity(database: Database, options: IdentityOptions) {
  // Links are issued one at a time, so that each gets its own token.
  let issued = ''
  let issuing: Promise<void> = Promise.resolve()
  // Loaded when somebody signs in: it takes a second, and neither workers nor callers with an API key need it.
  let opening: Promise<ReturnType<typeof openAuth>> | undefined
  const open = () =>
    (opening ??= import('./auth.ts').then(({ openAuth }) =>
      openAuth(database, options, (token) => {
        issued = token
      }),
    ))

  return {
    /** A token that signs this user in once, within ten minutes. Put it in the fragment of a link, never in a query. */
    issueSignInToken(email: string): Promise<string> {
      const token = issuing.then(async () => {
        const auth = await open()
        await auth.api.signInMagicLink({ body: { email }, headers: new Headers() })
        return issued
      })
      issuing = token.then(
        () => {},
        () => {},
      )
      return token
    },

    /** Spends the token. Returns the Set-Cookie headers of the new session; throws SIGN_IN_LINK_INVALID. */
    async redeemSignInToken(token: string, headers: Headers): Promise<string[]> {
      const auth = await open()
      const answer = await auth.api.magicLinkVerify({ query: { token }, headers, asResponse: true })
      const cookies = answer.headers.getSetCookie()
      if (cookies.length === 0 || answer.headers.get('location')?.includes('error='))
        throw new AppError('SIGN_IN_LINK_INVALID')
      return cookies
    },

    /** Who the session cookie in `headers` belongs to; null when it is absent, spent or forged. */
    async userOf(headers: Headers): Promise<UserId | null> {
      if (!headers.has('cookie')) return null
      const auth = await open()
      const session = await auth.api.getSession({ headers })
      return session ? (session.user.id as UserId) : null
    },

    /** Ends the session and returns the headers that clear its cookie. */
    async signOut(headers: Headers): Promise<string[]> {
      const auth = await open()
      const answer = await auth.api.signOut({ headers, asResponse: true })
      return answer.headers.getSetCookie()
    },
  }
}
