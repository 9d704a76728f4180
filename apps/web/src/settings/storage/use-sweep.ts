import type { StoreSweep } from '@bellhop/model'
import { useEffect, useRef, useState } from 'react'
import { trpc } from '../../trpc.ts'
import { announce } from '../../ui/live-region.tsx'
import { errorSentence } from '../../words/error-sentence.ts'
import { useWords } from '../../words/use-words.ts'

const ASK_EVERY_MS = 1_000
/** For a worker to take it up; after that the button is given back, and whatever is found shows when it is there. */
const PATIENCE_MS = 30_000

interface SweepRun {
  readonly sweep: StoreSweep | null
  readonly running: boolean
  readonly error: string | null
  readonly start: () => void
}

/** The walk through the bucket: a worker takes it up, so the page asks again until it has ended. */
export function useSweep(known: StoreSweep | null): SweepRun {
  const words = useWords()
  const { sweep: say } = words.settings.storage
  const [asked, setAsked] = useState<{ readonly before: string | null } | null>(null)
  const isOver = (sweep: StoreSweep | null) => sweep !== null && sweep.endedAt !== null
  const isAwaited = (sweep: StoreSweep | null) => asked !== null && (sweep?.endedAt ?? null) === asked.before
  const { data } = trpc.storage.report.useQuery(undefined, {
    refetchInterval: ({ state }) => {
      const sweep = state.data?.sweep ?? null
      return isAwaited(sweep) || (sweep !== null && !isOver(sweep)) ? ASK_EVERY_MS : false
    },
  })
  const sweep = data?.sweep ?? known
  const running = isAwaited(sweep) || (sweep !== null && !isOver(sweep))
  const start = trpc.storage.sweep.useMutation({
    onSuccess: () => {
      setAsked({ before: sweep?.endedAt ?? null })
      announce(say.begun)
    },
  })
  useEffect(() => {
    if (asked === null) return
    const timer = setTimeout(() => setAsked(null), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [asked])
  const wasRunning = useRef(false)
  useEffect(() => {
    if (wasRunning.current && !running && isOver(sweep)) announce(say.announceEnded)
    wasRunning.current = running
  })
  return {
    sweep,
    running: running || start.isPending,
    error: start.error === null ? null : errorSentence(words, start.error),
    start: () => start.mutate(),
  }
}
