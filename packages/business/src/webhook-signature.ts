import { createHmac, randomBytes } from 'node:crypto'

const MARK = 'whsec_'
const SECRET_BYTES = 32

export function newWebhookSecret(): string {
  return MARK + randomBytes(SECRET_BYTES).toString('base64')
}

/**
 * The headers by which a receiver knows a message as ours and as new, as https://www.standardwebhooks.com has them. Each
 * secret gives one signature; a receiver takes any that fits its own.
 */
export function webhookHeaders(message: {
  readonly id: string
  readonly sentAt: Date
  readonly body: string
  readonly secrets: readonly string[]
}): Record<string, string> {
  const timestamp = String(Math.floor(message.sentAt.getTime() / 1000))
  const signatures = message.secrets.map((secret) =>
    createHmac('sha256', Buffer.from(secret.slice(MARK.length), 'base64'))
      .update(`${message.id}.${timestamp}.${message.body}`)
      .digest('base64'),
  )
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.map((signature) => `v1,${signature}`).join(' '),
  }
}
