import { useEffect, useRef } from 'react'
import { announce } from '../ui/live-region.tsx'
import { useWords } from '../words/use-words.ts'
import { LeftoverRow } from './LeftoverRow.tsx'
import type { Leftover } from './use-leftovers.ts'

interface LeftoverListProps {
  readonly leftovers: readonly Leftover[]
  /** It says what they are, where other uploads follow. */
  readonly titled: boolean
}

/** Uploads that were left, to go on with. */
export function LeftoverList({ leftovers, titled }: LeftoverListProps) {
  const { uploads } = useWords()
  const told = useRef(false)
  useEffect(() => {
    if (told.current) return
    told.current = true
    announce(uploads.summaryLeftovers(leftovers.length))
  }, [uploads, leftovers.length])
  return (
    <>
      {titled && <h3 className="bg-sunken px-4 py-1.5 text-xs font-medium text-muted">{uploads.leftovers}</h3>}
      <ul aria-label={uploads.leftovers} className="divide-y divide-line border-line not-last:border-b">
        {leftovers.map((leftover) => (
          <LeftoverRow key={leftover.uploadId} leftover={leftover} />
        ))}
      </ul>
    </>
  )
}
