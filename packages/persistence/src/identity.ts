import { AppError, newId } from '@bellhop/model'
import type { UserId } from '@bellhop/model'
import { betterAuth } from 'better-auth'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { magicLink } from 'better-auth/plugins'
import type { Database } from './database.ts'
import { accounts, sessions, users, verifications } from './schema/index.ts'

const LINK_LIFE_SECONDS = 600
const SESSION_LIFE_SECONDS = 30 * 24 * 3600
const SESSION_RENEW_SECONDS = 24 * 3600

/** Users and sessions, kept by Better Auth. Sign-in is by a single-use link; only its hash is stored. */
export type Identity = ReturnType<typeof openIdentity>

export function openIdentity(database: Database, options: { secret: string; publicUrl: string }) {
  // Better Auth hands a new token to `sendMagicLink` and to nobody else; one at a time, so that each gets its own.
  let issued = ''
  let issuing: Promise<void> = Promise.resolve()
  const auth = betterAuth({
    baseURL: options.publicUrl,
    secret: options.secret,
    telemetry: { enabled: false },
    database: drizzleAdapter(database.db, {
      provider: 'pg',
      schema: { user: users, session: sessions, account: accounts, verification: verifications },
    }),
    session: { expiresIn: SESSION_LIFE_SECONDS, updateAge: SESSION_RENEW_SECONDS },
    advanced: {
      cookiePrefix: 'bellhop',
      useSecureCookies: options.publicUrl.startsWith('https:'),
      database: { generateId: ({ model }) => newId(model === 'user' ? 'user' : 'session') },
    },
    plugins: [
      magicLink({
        expiresIn: LINK_LIFE_SECONDS,
        storeToken: 'hashed',
        disableSignUp: true,
        sendMagicLink: ({ token }) => {
          issued = token
        },
      }),
    ],
  })

  return {
    /** A token that signs this user in once, within ten minutes. Put it in the fragment of a link, never in a query. */
    issueSignInToken(email: string): Promise<string> {
      const token = issuing.then(async () => {
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
      const answer = await auth.api.magicLinkVerify({ query: { token }, headers, asResponse: true })
      const cookies = answer.headers.getSetCookie()
      if (cookies.length === 0 || answer.headers.get('location')?.includes('error='))
        throw new AppError('SIGN_IN_LINK_INVALID')
      return cookies
    },

    /** Who the session cookie in `headers` belongs to; null when it is absent, spent or forged. */
    async userOf(headers: Headers): Promise<UserId | null> {
      const session = await auth.api.getSession({ headers })
      return session ? (session.user.id as UserId) : null
    },

    /** Ends the session and returns the headers that clear its cookie. */
    async signOut(headers: Headers): Promise<string[]> {
      const answer = await auth.api.signOut({ headers, asResponse: true })
      return answer.headers.getSetCookie()
    },
  }
}
