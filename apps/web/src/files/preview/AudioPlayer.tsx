import type { FileDetail, JobOutput } from '@bellhop/model'
import { useRef } from 'react'
import { errorSentence } from '../../words/error-sentence.ts'
import { useWords } from '../../words/use-words.ts'
import { browserCanPlay, mediaChoices } from './media-choices.ts'
import { PlayerBar } from './PlayerBar.tsx'
import { usePlayback } from './use-playback.ts'
import { Waveform } from './Waveform.tsx'

interface AudioPlayerProps {
  readonly file: FileDetail
  readonly output: JobOutput<'media.probe'>
}

/** A sound and its shape; pressed anywhere, it plays from there. */
export function AudioPlayer({ file, output }: AudioPlayerProps) {
  const words = useWords()
  const element = useRef<HTMLAudioElement>(null)
  const playback = usePlayback(element, mediaChoices(file, browserCanPlay), output.durationSeconds)
  if (playback.choice === null) return <p className="p-4 text-muted">{words.file.player.unplayable}</p>
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- it listens for its buttons, which do the same
    <div tabIndex={-1} onKeyDown={playback.onKeyDown} className="flex flex-col gap-2 outline-none">
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- a sound that was uploaded has none */}
      <audio ref={element} {...playback.mediaProps} aria-label={file.name} preload="metadata" />
      <Waveform playback={playback} peaks={output.waveform?.peaks ?? [0]} />
      <PlayerBar playback={playback} />
      {playback.failed !== null && (
        <p className="px-4 pb-3 text-sm text-bad">{errorSentence(words, playback.failed)}</p>
      )}
    </div>
  )
}
