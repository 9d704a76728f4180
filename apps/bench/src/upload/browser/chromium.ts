import { existsSync } from 'node:fs'
import sparticuz from '@sparticuz/chromium'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

const SYSTEM_PATH = '/usr/bin/chromium'
/** It leaves the graphics and the updates of the machine alone. */
const ARGS = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-gpu',
]
/** Ours to handle: Playwright would end the process before the scratch folder is removed. */
const LEAVE_SIGNALS = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false } as const

/** A fresh one each time. `CHROMIUM_PATH`, else the machine's own Chromium, else the one that comes as a package. */
export async function launchChromium(): Promise<Browser> {
  const path = process.env['CHROMIUM_PATH'] || (existsSync(SYSTEM_PATH) ? SYSTEM_PATH : undefined)
  // Not with the package's own arguments: with those it is one process and keeps no origins apart.
  const executablePath = path ?? (await sparticuz.executablePath())
  return chromium.launch({ executablePath, args: ARGS, ...LEAVE_SIGNALS })
}

/** Of all its processes, as the browser itself counts them. */
export async function pidsOf(browser: Browser): Promise<number[]> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  return processInfo.map(({ id }) => id)
}

export async function chromiumVersion(): Promise<string> {
  await using browser = await launchChromium()
  return browser.version()
}
