import { useWords } from '../words/use-words.ts'
import { useNow } from './now.ts'

/** A moment as people say it; the exact one is in the tooltip. */
export function Time({ at }: { readonly at: string }) {
  const { format } = useWords()
  const now = useNow()
  return (
    <time dateTime={at} title={format.dateTime(at)} className="whitespace-nowrap">
      {format.ago(at, now)}
    </time>
  )
}
