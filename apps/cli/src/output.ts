/** stdout is the answer, stderr is the talk. */
export interface Output {
  /** For people: a line on stdout. Nothing with `--json`. */
  answer(line: string): void
  /** For programs: one JSON object a line on stdout, with `--json` only. */
  event(event: { readonly type: string; readonly [field: string]: unknown }): void
  talk(line: string): void
  /** What is going on right now: one line that is rewritten on a terminal, one every 10 s otherwise. */
  status(line: string): void
  /** Ends the line of `status`. */
  settle(): void
}

export interface OutputOptions {
  readonly json: boolean
  readonly quiet: boolean
}

export const outputArgs = {
  json: { type: 'boolean', description: 'One JSON object a line on stdout.', default: false },
  quiet: { type: 'boolean', description: 'No progress.', default: false },
} as const

const STATUS_EVERY_MS = 10_000
const CLEAR_LINE = '\r\u001b[K'

export function openOutput(
  { json, quiet }: OutputOptions,
  stdout: NodeJS.WriteStream = process.stdout,
  stderr: NodeJS.WriteStream = process.stderr,
): Output {
  const terminal = stderr.isTTY
  let open = false
  let saidAtMs = performance.now()
  const settle = () => {
    if (open) stderr.write(CLEAR_LINE)
    open = false
  }
  return {
    answer(line) {
      settle()
      if (!json) stdout.write(`${line}\n`)
    },
    event(event) {
      if (json) stdout.write(`${JSON.stringify(event)}\n`)
    },
    talk(line) {
      settle()
      stderr.write(`${line}\n`)
    },
    status(line) {
      if (quiet || json) return
      if (terminal) {
        stderr.write(`${CLEAR_LINE}${line.slice(0, Math.max(20, (stderr.columns || 80) - 1))}`)
        open = true
      } else if (performance.now() - saidAtMs >= STATUS_EVERY_MS) {
        saidAtMs = performance.now()
        stderr.write(`${line}\n`)
      }
    },
    settle,
  }
}

const BAR_CELLS = 24

export function bar(fraction: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_CELLS)
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)}`
}
