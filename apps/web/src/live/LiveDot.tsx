import { useWords } from '../words/use-words.ts'
import type { Connection } from './live-road.ts'
import { useConnection } from './use-live-road.ts'

const DOTS: Readonly<Record<Connection, string>> = {
  connecting: 'bg-faint animate-pulse',
  live: 'bg-good',
  reconnecting: 'bg-warn animate-pulse',
  polling: 'bg-faint',
}

/** How fresh the page is kept, in a word and a colour. */
export function LiveDot() {
  const words = useWords()
  const connection = useConnection()
  return (
    <span
      title={words.frame.liveHelp[connection]}
      className="inline-flex items-center gap-2 px-1 text-sm whitespace-nowrap text-muted"
    >
      <span aria-hidden className={`size-2 rounded-full ${DOTS[connection]}`} />
      <span className={connection === 'live' || connection === 'connecting' ? 'max-sm:sr-only' : ''}>
        {words.frame[connection]}
      </span>
    </span>
  )
}
