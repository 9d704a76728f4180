import type { Budget, Outcome } from './benchmark.ts'
import type { Machine } from './machine.ts'
import { format } from './rounds.ts'

export interface Report extends Outcome {
  readonly name: string
  readonly machine: Machine
}

/** On one line, the last of stdout. */
export function reportAsJson({ name, machine, versions, rows, ratios, faults }: Report): string {
  return `${JSON.stringify({ name, machine, versions, rows, ratios, faults })}\n`
}

export function reportAsText(report: Report, budgets: Readonly<Record<string, Budget>>): string {
  const { name, machine, versions, rows, ratios, faults = [] } = report
  const { cpu, cores, memoryGiB, node, os, load } = machine
  return [
    '',
    `${name} on ${cores} × ${cpu}, ${memoryGiB} GiB, ${os}, Node ${node}, load ${load.join(' ')}`,
    Object.entries(versions)
      .map(([library, version]) => `${library} ${version}`)
      .join(', '),
    '',
    ...table([
      ['', 'median', 'min', 'max', '', 'rounds', ...(rows.some((row) => row.p99 !== undefined) ? ['p99'] : [])],
      ...rows.map(({ contender, unit, median, min, max, samples, p99 }) => [
        contender,
        ...[median, min, max].map(format),
        unit,
        String(samples.length),
        ...(p99 === undefined ? [] : [format(p99)]),
      ]),
    ]),
    '',
    ...table(
      Object.entries(ratios).map(([ratio, value]) => [ratio, format(value), '×', verdict(value, budgets[ratio])]),
    ),
    '',
    ...faults,
  ].join('\n')
}

function verdict(value: number, budget: Budget | undefined): string {
  if (!budget) return ''
  const [met, bound] =
    'atLeast' in budget
      ? [value >= budget.atLeast, `≥ ${budget.atLeast}`]
      : [value <= budget.atMost, `≤ ${budget.atMost}`]
  return `budget ${bound}: ${met ? 'met' : 'missed'}`
}

/** Columns of figures lean right; the first and the last lean left. */
function table(lines: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const line of lines) for (const [at, cell] of line.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length)
  return lines.map((line) =>
    line
      .map((cell, at) =>
        /^[\d.]/.test(cell) || at === 0 ? pad(cell, widths[at] ?? 0, at === 0) : cell.padEnd(widths[at] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
}

function pad(cell: string, width: number, left: boolean): string {
  return left ? cell.padEnd(width) : cell.padStart(width)
}
