import type { FileDetail, JobOutput } from '@bellhop/model'
import { LoaderCircle, Play } from 'lucide-react'
import { type KeyboardEvent, useRef } from 'react'
import { Button } from 'react-aria-components'
import { errorSentence } from '../../words/error-sentence.ts'
import { useWords } from '../../words/use-words.ts'
import { usePreview } from '../use-preview.ts'
import { browserCanPlay, mediaChoices } from './media-choices.ts'
import { PlayerBar } from './PlayerBar.tsx'
import { SeekBar } from './SeekBar.tsx'
import { usePlayback } from './use-playback.ts'

interface VideoPlayerProps {
  readonly file: FileDetail
  readonly output: JobOutput<'media.probe'>
}

/** The poster at once; the picture when it is asked for. Space, arrows, `f` and `m` work wherever the focus is within it. */
export function VideoPlayer({ file, output }: VideoPlayerProps) {
  const words = useWords()
  const { player } = words.file
  const frame = useRef<HTMLDivElement>(null)
  const element = useRef<HTMLVideoElement>(null)
  const poster = usePreview(output.poster?.output ?? null)
  const playback = usePlayback(element, mediaChoices(file, browserCanPlay), output.durationSeconds)
  const fullscreen = () =>
    void (document.fullscreenElement === null ? frame.current?.requestFullscreen() : document.exitFullscreen())
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'f' && !event.ctrlKey && !event.metaKey) fullscreen()
    else playback.onKeyDown(event)
  }
  const { width = 16, height = 9 } = output.poster ?? {}
  const playable = playback.choice !== null
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- it listens for its buttons, which do the same
    <div
      ref={frame}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      className="flex flex-col bg-[#0b0c0d] text-white outline-none"
      style={{ colorScheme: 'dark' }}
    >
      <div
        className="relative mx-auto max-h-[60dvh] min-h-0 w-full flex-1"
        style={{ aspectRatio: `${width} / ${height}` }}
      >
        {/* oxlint-disable-next-line jsx-a11y/media-has-caption, jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- a file has what captions it has; its keys are those of the whole */}
        <video
          ref={element}
          {...playback.mediaProps}
          aria-label={file.name}
          poster={poster ?? undefined}
          playsInline
          preload="metadata"
          onClick={playback.toggle}
          className="absolute inset-0 size-full object-contain"
        />
        {!playback.playing && playable && (
          <Button
            aria-label={player.playNamed(file.name)}
            onPress={playback.toggle}
            className="absolute inset-0 grid place-items-center -outline-offset-4 data-[focus-visible]:outline-2 data-[focus-visible]:outline-white"
          >
            <span className="grid size-16 place-items-center rounded-full bg-black/60 backdrop-blur-sm">
              {playback.waiting ? (
                <LoaderCircle aria-hidden size={28} className="animate-spin" />
              ) : (
                <Play aria-hidden size={28} className="ml-1 fill-current" strokeWidth={1.5} />
              )}
            </span>
          </Button>
        )}
      </div>
      {playable ? (
        <>
          <SeekBar playback={playback} filmstrip={output.filmstrip} />
          <PlayerBar playback={playback} onFullscreen={fullscreen} />
        </>
      ) : (
        <p className="px-4 py-3 text-sm">{player.unplayable}</p>
      )}
      {playback.failed !== null && <p className="px-4 pb-3 text-sm">{errorSentence(words, playback.failed)}</p>}
    </div>
  )
}
