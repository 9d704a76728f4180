import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'

const TIMEOUT_MS = 20_000

/** A browser context that keeps what must never happen: uncaught errors, breaches of the page's own policy, requests to elsewhere. */
export class WatchedContext implements AsyncDisposable {
  readonly context: BrowserContext
  /** Sentences; empty as long as all is well. */
  readonly faults: string[] = []

  private constructor(context: BrowserContext) {
    this.context = context
    context.setDefaultTimeout(TIMEOUT_MS)
    context.on('weberror', (error) => this.faults.push(`Uncaught: ${error.error().stack ?? error.error().message}`))
    context.on('request', (request) => this.#checkAddress(request.url()))
    context.on('page', (page) => page.on('websocket', (socket) => this.#checkAddress(socket.url())))
    context.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) this.faults.push(`Policy: ${message.text()}`)
    })
  }

  static async open(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedContext> {
    return new WatchedContext(await browser.newContext({ locale: 'en-US', reducedMotion: 'reduce', ...options }))
  }

  async goto(url: string): Promise<Page> {
    const page = await this.context.newPage()
    await page.goto(url)
    return page
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close()
  }

  #checkAddress(url: string): void {
    const { hostname, protocol } = new URL(url)
    if (!/^(https?|wss?):$/.test(protocol) || hostname === 'localhost' || hostname === '127.0.0.1') return
    this.faults.push(`Request to ${url}`)
  }
}
