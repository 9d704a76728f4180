import { Button } from '../../ui/Button.tsx'
import { errorSentence } from '../../words/error-sentence.ts'
import { useWords } from '../../words/use-words.ts'
import type { Playback } from './use-playback.ts'

/** Why nothing plays; nothing where something does. */
export function PlayerNotice({ playback }: { readonly playback: Playback }) {
  const words = useWords()
  const { player } = words.file
  if (playback.failed !== null) return <Sentence>{errorSentence(words, playback.failed)}</Sentence>
  if (playback.playable) return null
  if (!playback.exhausted) return <Sentence>{player.unplayable}</Sentence>
  return (
    <div className="flex flex-wrap items-center gap-3 px-4 py-3">
      <p role="alert" className="text-sm">
        {player.nothingPlays}
      </p>
      <Button small onPress={playback.tryAgain}>
        {words.common.retry}
      </Button>
    </div>
  )
}

function Sentence({ children }: { readonly children: string }) {
  return (
    <p role="status" className="px-4 py-3 text-sm">
      {children}
    </p>
  )
}
