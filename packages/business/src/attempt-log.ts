import { LIMITS } from '@bellhop/model'
import { withoutSecrets } from './secrets.ts'

/** Lines that wait to be written; of more, the oldest are dropped. */
const MAX_WAITING = 200
/** Of what one call says, only so much is looked at. */
const MAX_CALL_CHARS = 100_000

export interface WaitingLines {
  readonly said: number
  readonly lines: readonly { readonly line: string; readonly ageMs: number }[]
}

/** What one attempt says, until it is written. Times are monotonic milliseconds. */
export class AttemptLog {
  #said = 0
  #lines: { line: string; at: number }[] = []

  /** One line of the log for each line of the text. */
  say(text: string, now: number): void {
    for (const line of withoutSecrets(text.slice(0, MAX_CALL_CHARS)).split(/\r?\n/)) {
      this.#said++
      this.#lines.push({ line: cut(printable(line)), at: now })
      if (this.#lines.length > MAX_WAITING) this.#lines.shift()
    }
  }

  /** Undefined when there is nothing. What is taken is not given again, unless it is put `back`. */
  take(now: number): WaitingLines | undefined {
    if (this.#said === 0) return undefined
    const taken = { said: this.#said, lines: this.#lines.map(({ line, at }) => ({ line, ageMs: now - at })) }
    this.#said = 0
    this.#lines = []
    return taken
  }

  /** What was taken could not be written. */
  back({ said, lines }: WaitingLines, now: number): void {
    this.#said += said
    this.#lines = [...lines.map(({ line, ageMs }) => ({ line, at: now - ageMs })), ...this.#lines].slice(-MAX_WAITING)
  }
}

/** Postgres takes no NUL, and nobody can read the others. */
function printable(line: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it is for
  return line.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').toWellFormed()
}

function cut(line: string): string {
  return line.length <= LIMITS.jobLogLineChars ? line : `${line.slice(0, LIMITS.jobLogLineChars - 1).toWellFormed()}…`
}
