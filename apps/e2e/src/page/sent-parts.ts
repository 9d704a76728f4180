import type { Page, Request } from 'playwright-core'

/** What a page sends to the store: the numbers of parts, as their requests begin and as they end well. */
export class SentParts {
  readonly begun = new Set<number>()
  readonly arrived = new Set<number>()

  constructor(page: Page) {
    page.on('request', (request) => this.#note(request, this.begun))
    page.on('requestfinished', (request) => this.#note(request, this.arrived))
  }

  clear(): void {
    this.begun.clear()
    this.arrived.clear()
  }

  #note(request: Request, into: Set<number>): void {
    const part = new URL(request.url()).searchParams.get('partNumber')
    if (request.method() === 'PUT' && part !== null) into.add(Number(part))
  }
}

/** Holds back the parts from `number` on, as a line does that has gone dead; resolves to what lets them pass. */
export async function holdParts(page: Page, number: number): Promise<() => Promise<void>> {
  const isHeld = (url: URL) => Number(url.searchParams.get('partNumber')) >= number
  await page.route(isHeld, () => {})
  return () => page.unroute(isHeld)
}
