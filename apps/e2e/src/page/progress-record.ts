import type { Page } from 'playwright-core'

interface ProgressRecord {
  /** The percents that the bar of this name has shown so far, in their order. */
  of(name: string): Promise<number[]>
}

/** Keeps what every progress bar of the page shows from now on, however short it shows it. */
export async function recordProgress(page: Page): Promise<ProgressRecord> {
  const record = await page.evaluateHandle(() => {
    const shown = new Map<string, number[]>()
    const look = () => {
      for (const bar of document.querySelectorAll('[role=progressbar]')) {
        const name = bar.getAttribute('aria-label') ?? ''
        const percents = shown.get(name) ?? []
        const percent = Number(bar.getAttribute('aria-valuenow'))
        if (percents.at(-1) !== percent) shown.set(name, [...percents, percent])
      }
    }
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true })
    return shown
  })
  return { of: (name) => record.evaluate((shown, wanted) => shown.get(wanted) ?? [], name) }
}
