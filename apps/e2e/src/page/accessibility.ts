import axe from 'axe-core'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'

/** `colors`: the contrast alone, which is all that a theme changes. */
type AccessibilityScope = 'everything' | 'colors'

const OPTIONS: Readonly<Record<AccessibilityScope, RunOptions>> = {
  everything: { resultTypes: ['violations'] },
  colors: { resultTypes: ['violations'], runOnly: ['color-contrast'] },
}

/** What axe calls serious or critical on the page as it stands, a line each: the rule and the first element. */
export async function seriousViolations(page: Page, scope: AccessibilityScope): Promise<string[]> {
  // A colour on its way from one theme to the other is neither.
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter(({ effect }) => effect?.getTiming().iterations !== Infinity)
    await Promise.allSettled(ending.map(({ finished }) => finished))
  })
  // Evaluated, not added as a script element: the page's policy allows none but its own.
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(
    (options): Promise<AxeResults> => (globalThis as unknown as AxeWindow).axe.run(options),
    OPTIONS[scope],
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.length} × ${nodes[0]?.html ?? ''} ${nodes[0]?.failureSummary ?? ''}`)
}

interface AxeWindow {
  readonly axe: typeof axe
}
