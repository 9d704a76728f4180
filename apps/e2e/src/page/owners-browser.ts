import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { runCommand } from '../start-bellhop.ts'
import type { RunningBellhop } from '../start-bellhop.ts'
import { launchChromium } from './chromium.ts'
import { WatchedContext } from './watched-context.ts'

const WIDE = { width: 1280, height: 860 }

interface VisitOptions extends BrowserContextOptions {
  readonly before?: () => void
}

/** A browser in which the owner of a running Bellhop is signed in. Each visit has a context of its own. */
export class OwnersBrowser implements AsyncDisposable {
  readonly #running: RunningBellhop
  readonly #browser: Browser
  readonly #session: BrowserContextOptions['storageState']
  readonly #open: WatchedContext[] = []

  private constructor(running: RunningBellhop, browser: Browser, session: BrowserContextOptions['storageState']) {
    this.#running = running
    this.#browser = browser
    this.#session = session
  }

  static async open(running: RunningBellhop): Promise<OwnersBrowser> {
    const browser = await launchChromium()
    const link = await runCommand(['sign-in-link'], { BELLHOP_DATA_DIR: running.dataDir })
    await using owner = await WatchedContext.open(browser)
    await signIn(await owner.goto(link.stdout.trim()))
    return new OwnersBrowser(running, browser, await owner.context.storageState())
  }

  /** A page of the owner, or of nobody with `storageState: undefined`. `before` is run in each page before its own scripts. */
  async visit(path: string, { before, ...options }: VisitOptions = {}): Promise<Page> {
    const context = await WatchedContext.open(this.#browser, {
      baseURL: this.#running.url,
      viewport: WIDE,
      storageState: this.#session,
      ...options,
    })
    this.#open.push(context)
    if (before) await context.context.addInitScript(before)
    return context.goto(path)
  }

  /** Closes all pages. Resolves to what went wrong in them, which is nothing. */
  async closePages(): Promise<string[]> {
    const closing = this.#open.splice(0)
    const faults = closing.flatMap((each) => each.faults)
    await Promise.all(closing.map((each) => each[Symbol.asyncDispose]()))
    return faults
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close()
  }
}

export async function signIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign in as Owner' }).click()
  await heading(page, 'Library').waitFor()
}

/** The title is there, and nothing loads any more. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.getByRole('status', { name: 'Loading…' }).waitFor({ state: 'detached' })
  await page.waitForLoadState('networkidle')
}

export function heading(page: Page, name: string): Locator {
  return page.getByRole('heading', { level: 1, name, exact: true })
}

/** Presses Tab until the control has the focus, as somebody without a mouse does. */
export async function tabTo(page: Page, control: Locator, pressesMax = 60): Promise<void> {
  const hasFocus = () => control.evaluate((element) => element === document.activeElement)
  for (let presses = 0; presses < pressesMax && !(await hasFocus()); presses += 1) await page.keyboard.press('Tab')
  if (!(await hasFocus())) throw new Error(`No ${pressesMax} presses of Tab lead to ${String(control)}.`)
}
