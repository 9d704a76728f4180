import { type LucideIcon, Maximize, Pause, Play, Volume2, VolumeX } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from 'react-aria-components'
import { useWords } from '../../words/use-words.ts'
import { clockText } from './clock-text.ts'
import type { Playback } from './use-playback.ts'

interface PlayerBarProps {
  readonly playback: Playback
  readonly onFullscreen?: () => void
  readonly children?: ReactNode
}

/** What can be done with what plays, in the colours of what it stands on. */
export function PlayerBar({ playback, onFullscreen, children }: PlayerBarProps) {
  const { player } = useWords().file
  const { playing, muted, choice, choices } = playback
  return (
    <div role="toolbar" aria-label={player.controls} className="flex items-center gap-1 px-2 pb-2">
      <BarButton icon={playing ? Pause : Play} label={playing ? player.pause : player.play} onPress={playback.toggle} />
      <BarButton icon={muted ? VolumeX : Volume2} label={muted ? player.unmute : player.mute} onPress={playback.mute} />
      <span className="figures px-1 text-sm whitespace-nowrap">
        {clockText(playback.seconds)} <span className="opacity-65">/ {clockText(playback.durationSeconds)}</span>
      </span>
      <span className="ml-auto flex items-center gap-1">
        {children}
        {choices.length > 1 && choice !== null && (
          <select
            aria-label={player.quality}
            value={choice.id}
            onChange={(event) => playback.pick(event.target.value)}
            className="figures h-9 rounded-lg bg-transparent px-1.5 text-sm font-medium hover:bg-current/10 [&>option]:text-ink [&>option]:bg-surface"
          >
            {choices.map(({ id, pixels, mediaType }) => (
              <option key={id} value={id}>
                {pixels === null
                  ? id.startsWith('file_')
                    ? player.original
                    : mediaType.replace(/^.*\//, '')
                  : `${pixels}p`}
              </option>
            ))}
          </select>
        )}
        {onFullscreen && <BarButton icon={Maximize} label={player.fullscreen} onPress={onFullscreen} />}
      </span>
    </div>
  )
}

interface BarButtonProps {
  readonly icon: LucideIcon
  readonly label: string
  readonly onPress: () => void
}

function BarButton({ icon: Icon, label, onPress }: BarButtonProps) {
  return (
    <Button
      aria-label={label}
      onPress={onPress}
      className="grid size-9 shrink-0 place-items-center rounded-lg data-[focus-visible]:outline-2 data-[focus-visible]:outline-current data-[hovered]:bg-current/10"
    >
      <Icon aria-hidden size={18} strokeWidth={2} />
    </Button>
  )
}
