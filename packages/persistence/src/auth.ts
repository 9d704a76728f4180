import { newId } from '@bellhop/model'
import { betterAuth } from 'better-auth'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { magicLink } from 'better-auth/plugins'
import type { Database } from './database.ts'
import type { IdentityOptions } from './identity.ts'
import { accounts, sessions, users, verifications } from './schema/index.ts'

const LINK_LIFE_SECONDS = 600
const SESSION_LIFE_SECONDS = 30 * 24 * 3600
const SESSION_RENEW_SECONDS = 24 * 3600

/** Better Auth over our tables. A new token of a sign-in link is handed to `onToken` and to nobody else. */
export function openAuth({ db }: Database, { secret, publicUrl }: IdentityOptions, onToken: (token: string) => void) {
  return betterAuth({
    baseURL: publicUrl,
    secret,
    telemetry: { enabled: false },
    database: drizzleAdapter(db, {
      provider: 'pg',
      schema: { user: users, session: sessions, account: accounts, verification: verifications },
    }),
    session: { expiresIn: SESSION_LIFE_SECONDS, updateAge: SESSION_RENEW_SECONDS },
    advanced: {
      cookiePrefix: 'bellhop',
      useSecureCookies: publicUrl.startsWith('https:'),
      database: { generateId: ({ model }) => newId(model === 'user' ? 'user' : 'session') },
    },
    plugins: [
      magicLink({
        expiresIn: LINK_LIFE_SECONDS,
        storeToken: 'hashed',
        disableSignUp: true,
        sendMagicLink: ({ token }) => onToken(token),
      }),
    ],
  })
}
