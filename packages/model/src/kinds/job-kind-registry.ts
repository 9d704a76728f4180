import { JOB_KINDS } from './index.ts'
import type { JobKind } from './job-kind.ts'

/** The kinds that one process knows: those of Bellhop and a team's own. */
export class JobKindRegistry {
  readonly #kinds: ReadonlyMap<string, JobKind>

  /** The caller has seen to it that every name is there once. */
  constructor(own: readonly JobKind[] = []) {
    const kinds: readonly JobKind[] = [...Object.values(JOB_KINDS), ...own]
    this.#kinds = new Map(kinds.map((kind) => [kind.name, kind]))
  }

  kindOf(name: string): JobKind | undefined {
    return this.#kinds.get(name)
  }

  get all(): readonly JobKind[] {
    return [...this.#kinds.values()]
  }
}
