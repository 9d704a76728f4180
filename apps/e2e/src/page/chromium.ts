import { existsSync } from 'node:fs'
import sparticuz from '@sparticuz/chromium'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

const SYSTEM_PATH = '/usr/bin/chromium'
/** It talks to this machine only, and leaves the machine's own graphics and updates alone. */
const ARGS = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-gpu',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
]

/** `CHROMIUM_PATH`, else the machine's own Chromium, else the one that comes as a package. */
export async function launchChromium(): Promise<Browser> {
  const path = process.env['CHROMIUM_PATH'] || (existsSync(SYSTEM_PATH) ? SYSTEM_PATH : undefined)
  if (path !== undefined) return chromium.launch({ executablePath: path, args: ARGS })
  // Not with the package's own arguments: with those it is one process, which ends with the first context, and keeps no origins apart.
  return chromium.launch({ executablePath: await sparticuz.executablePath(), args: ARGS })
}
