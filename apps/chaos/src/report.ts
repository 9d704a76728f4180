import type { Outcome } from './run-chaos.ts'

/** A table for people. */
export function reportAsText(outcomes: readonly Outcome[]): string {
  const lines = [
    ['scenario', 'harm', 'recovery', 'jobs', 'completed', 'cancelled', 'states', 'lost', 'duplicates', 'faults'],
    ...outcomes.map((outcome) => [
      outcome.scenario,
      seconds(outcome.harmMs),
      outcome.recoveryMs === null ? 'never' : seconds(outcome.recoveryMs),
      ...[outcome.jobs, outcome.completed, outcome.cancelled, outcome.states, outcome.lost, outcome.duplicates].map(
        String,
      ),
      String(outcome.faults.length),
    ]),
  ]
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? []
  return lines
    .map((line) =>
      line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  '),
    )
    .join('\n')
}

export function isWhole(outcomes: readonly Outcome[]): boolean {
  return outcomes.every(
    ({ lost, duplicates, faults, recoveryMs }) => lost + duplicates + faults.length === 0 && recoveryMs !== null,
  )
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
