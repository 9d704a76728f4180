import type { FileDetail, JobOutput } from '@bellhop/model'
import { LoaderCircle, Play } from 'lucide-react'
import { type KeyboardEvent, useRef } from 'react'
import { Button } from 'react-aria-components'
import { useWords } from '../../words/use-words.ts'
import { usePreview } from '../use-preview.ts'
import { browserCanPlay, fileChoices } from './media-choices.ts'
import { enterFullscreen } from './full-screen.ts'
import { PlayerBar } from './PlayerBar.tsx'
import { PlayerNotice } from './PlayerNotice.tsx'
import { SeekBar } from './SeekBar.tsx'
import { useCaptions } from './use-captions.ts'
import { useHlsLevels } from './use-hls-levels.ts'
import { useMediaKeys } from './use-media-keys.ts'
import { usePlayback } from './use-playback.ts'

interface VideoPlayerProps {
  readonly file: FileDetail
  readonly output: JobOutput<'media.probe'>
}

/** The poster at once; the picture when it is asked for. Space, arrows, `c`, `f` and `m` work wherever the focus is within it. */
export function VideoPlayer({ file, output }: VideoPlayerProps) {
  const { player } = useWords().file
  const frame = useRef<HTMLDivElement>(null)
  const element = useRef<HTMLVideoElement>(null)
  const poster = usePreview(output.poster?.output ?? null)
  const keys = useMediaKeys()
  const playback = usePlayback(element, {
    files: fileChoices(file, browserCanPlay),
    levels: useHlsLevels(file),
    keys,
    knownSeconds: output.durationSeconds,
  })
  const captions = useCaptions(file, keys, playback.wanted)
  const fullscreen = () => enterFullscreen(frame.current, element.current)
  const onKeyDown = (event: KeyboardEvent) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey
    if (event.key === 'f' && isPlain) fullscreen()
    else if (event.key === 'c' && isPlain) captions.toggle()
    else playback.onKeyDown(event)
  }
  const { width = 16, height = 9 } = output.poster ?? {}
  const { playable } = playback
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
        >
          {captions.tracks.map(
            ({ id, src, ...track }) =>
              src !== null && (
                <track
                  key={id}
                  ref={(shown) => {
                    if (shown !== null) shown.track.mode = id === captions.shown ? 'showing' : 'disabled'
                  }}
                  kind="subtitles"
                  src={src}
                  srcLang={track.language}
                  label={track.label}
                />
              ),
          )}
        </video>
        {playback.waiting && (
          <span className="pointer-events-none absolute inset-0 grid place-items-center">
            <span className="grid size-16 place-items-center rounded-full bg-black/60">
              <LoaderCircle aria-hidden size={28} className="animate-spin" />
            </span>
          </span>
        )}
        {!playback.playing && !playback.waiting && playable && (
          <Button
            aria-label={player.playNamed(file.name)}
            onPress={() => {
              playback.toggle()
              // This goes, and the keys are to work on.
              frame.current?.focus()
            }}
            className="absolute inset-0 grid place-items-center -outline-offset-4 data-[focus-visible]:outline-2 data-[focus-visible]:outline-white"
          >
            <span className="grid size-16 place-items-center rounded-full bg-black/60 backdrop-blur-sm">
              <Play aria-hidden size={28} className="ml-1 fill-current" strokeWidth={1.5} />
            </span>
          </Button>
        )}
      </div>
      {playable && (
        <>
          <SeekBar playback={playback} filmstrip={output.filmstrip} />
          <PlayerBar playback={playback} captions={captions} onFullscreen={fullscreen} />
        </>
      )}
      <PlayerNotice playback={playback} />
    </div>
  )
}
