/**
 * Examines the store that the environment names, for `bellhop doctor` where no server runs. Forked by it; sends one
 * message, `{ type: 'report', report }` or `{ type: 'failed', message }`, and cleans up when it is asked to stop.
 */
import { examineUnkept, parseEnvironment, readStoreSettings, wholeNumberSetting } from '@bellhop/business'
import { z } from 'zod'

const doctorEnvironment = z.object({
  PORT: wholeNumberSetting('PORT', 0, 65_535).default(3000),
  PUBLIC_URL: z.url('Expected `PUBLIC_URL` to be a URL, such as `https://files.example.com`.').optional(),
})

const stop = new AbortController()
for (const event of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.on(event, () => stop.abort())

async function main(): Promise<void> {
  const { PORT, PUBLIC_URL } = parseEnvironment(doctorEnvironment, process.env)
  const publicUrl = PUBLIC_URL ?? `http://localhost:${PORT}`
  const report = await examineUnkept({ objectStore: readStoreSettings(process.env), publicUrl }, stop.signal)
  await tell({ type: 'report', report })
}

/** Resolves when the message has left, or cannot: nobody may be there any more. */
async function tell(message: Readonly<Record<string, unknown>>): Promise<void> {
  if (!process.connected) return
  await new Promise<void>((resolve) => process.send?.(message, undefined, undefined, () => resolve()))
}

await main().catch(async (error: unknown) => {
  await tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
  process.exitCode = 1
})
process.exit()
