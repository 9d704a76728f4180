import type { FileDetail, JobOutput } from '@bellhop/model'
import { useRef } from 'react'
import type { HlsLevel } from './hls-level.ts'
import { browserCanPlay, fileChoices } from './media-choices.ts'
import { PlayerBar } from './PlayerBar.tsx'
import { PlayerNotice } from './PlayerNotice.tsx'
import { useMediaKeys } from './use-media-keys.ts'
import { usePlayback } from './use-playback.ts'
import { Waveform } from './Waveform.tsx'

interface AudioPlayerProps {
  readonly file: FileDetail
  readonly output: JobOutput<'media.probe'>
}

/** A sound is small: its files are played whole. */
const NO_LEVELS: readonly HlsLevel[] = []

/** A sound and its shape; pressed anywhere, it plays from there. */
export function AudioPlayer({ file, output }: AudioPlayerProps) {
  const element = useRef<HTMLAudioElement>(null)
  const playback = usePlayback(element, {
    files: fileChoices(file, browserCanPlay),
    levels: NO_LEVELS,
    keys: useMediaKeys(),
    knownSeconds: output.durationSeconds,
  })
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- it listens for its buttons, which do the same
    <div tabIndex={-1} onKeyDown={playback.onKeyDown} className="flex flex-col gap-2 outline-none">
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- a sound that was uploaded has none */}
      <audio ref={element} {...playback.mediaProps} aria-label={file.name} preload="metadata" />
      <Waveform playback={playback} peaks={output.waveform?.peaks ?? [0]} />
      {playback.playable && <PlayerBar playback={playback} />}
      <PlayerNotice playback={playback} />
    </div>
  )
}
