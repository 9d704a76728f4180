import { stripVTControlCharacters } from 'node:util'
import { it } from 'vitest'

/** `must`: Bellhop needs it. `feature`: a store may lawfully lack it, and Bellhop then does with less. */
type Need = 'must' | 'feature'

export interface CaseResult {
  readonly area: string
  readonly name: string
  readonly need: Need
  readonly isKept: boolean
  /** Why not, in a line. */
  readonly reason: string | null
}

export interface CaseOptions {
  readonly results: CaseResult[]
  /** Features count like musts: for the store that is to keep them all. */
  readonly isStrict: boolean
}

export type Cases = Readonly<Record<Need, (name: string, run: () => Promise<void>) => void>>

const REASON_CHARS = 160

/** Declares the cases of one area. A feature that is not kept is skipped with its reason, unless all are to be kept. */
export function casesOf(area: string, { results, isStrict }: CaseOptions): Cases {
  const declare = (need: Need) => (name: string, run: () => Promise<void>) => {
    it(name, async ({ skip }) => {
      try {
        await run()
        results.push({ area, name, need, isKept: true, reason: null })
      } catch (error) {
        const reason = reasonOf(error)
        results.push({ area, name, need, isKept: false, reason })
        if (need === 'must' || isStrict) throw error
        skip(`not kept: ${reason}`)
      }
    })
  }
  return { must: declare('must'), feature: declare('feature') }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
  const text = status === undefined ? stripVTControlCharacters(error.message) : `${status} ${error.name}`
  const [line = ''] = text.replace(' // Object.is equality', '').split('\n')
  return line.slice(0, REASON_CHARS)
}
