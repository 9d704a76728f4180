import { useEffect, useRef } from 'react'
import { Button } from './Button.tsx'

/** Loading begins that far before the end comes into sight. */
const AHEAD = '600px'

interface LoadMoreProps {
  readonly text: string
  readonly busy: boolean
  readonly onLoad: () => void
}

/** Scrolling near it loads the next page; the button does the same for a keyboard, and after a failure. */
export function LoadMore({ text, busy, onLoad }: LoadMoreProps) {
  const place = useRef<HTMLDivElement>(null)
  const load = useRef(onLoad)
  useEffect(() => {
    load.current = onLoad
  })
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) load.current()
      },
      { rootMargin: AHEAD },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return (
    <div ref={place} className="flex justify-center py-8">
      <Button onPress={onLoad} isDisabled={busy}>
        {text}
      </Button>
    </div>
  )
}
