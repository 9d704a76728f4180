import { useWords } from '../words/use-words.ts'
import { useNow } from './now.ts'

interface TimeProps {
  readonly at: string
  /** Puts it into a sentence. */
  readonly say?: (ago: string) => string
}

/** A moment as people say it; the exact one is in the tooltip. */
export function Time({ at, say = (ago) => ago }: TimeProps) {
  const { format } = useWords()
  const now = useNow()
  return (
    <time dateTime={at} title={format.dateTime(at)} className="whitespace-nowrap">
      {say(format.ago(at, now))}
    </time>
  )
}
