import type { CaseResult } from './conformance-case.ts'

/** As a page of Markdown shows it. */
export function resultsTable(results: readonly CaseResult[]): string {
  const rows = results.map(({ area, name, need, isKept, reason }) => {
    const outcome = isKept ? 'kept' : need === 'must' ? `**FAILS** ${reason ?? ''}` : `not kept: ${reason ?? ''}`
    return `| ${area}: ${name} | ${need} | ${outcome.replaceAll('|', '\\|')} |`
  })
  const kept = results.filter(({ isKept }) => isKept).length
  const failed = results.filter(({ need, isKept }) => need === 'must' && !isKept).length
  const summary = `${kept} of ${results.length} kept; ${failed} of what Bellhop needs failed.`
  return ['| what | need | outcome |', '|---|---|---|', ...rows, '', summary, ''].join('\n')
}
