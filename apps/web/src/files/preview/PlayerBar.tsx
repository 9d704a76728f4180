import { Captions as CaptionsIcon, type LucideIcon, Maximize, Pause, Play, Volume2, VolumeX } from 'lucide-react'
import { Button } from 'react-aria-components'
import { useWords } from '../../words/use-words.ts'
import { clockText } from './clock-text.ts'
import { type MediaChoice, isOriginal } from './media-choices.ts'
import type { Captions } from './use-captions.ts'
import type { Playback } from './use-playback.ts'

interface PlayerBarProps {
  readonly playback: Playback
  readonly captions?: Captions
  readonly onFullscreen?: () => void
}

const MENU = 'bg-transparent hover:bg-current/10 [&>option]:bg-surface [&>option]:text-ink'

/** What can be done with what plays, in the colours of what it stands on. */
export function PlayerBar({ playback, captions, onFullscreen }: PlayerBarProps) {
  const { player } = useWords().file
  const { playing, muted, choice, choices } = playback
  return (
    <div role="toolbar" aria-label={player.controls} className="flex items-center gap-1 px-2 pb-2 max-sm:gap-0">
      <BarButton icon={playing ? Pause : Play} label={playing ? player.pause : player.play} onPress={playback.toggle} />
      <BarButton icon={muted ? VolumeX : Volume2} label={muted ? player.unmute : player.mute} onPress={playback.mute} />
      <span className="figures px-1 text-sm whitespace-nowrap">
        {clockText(playback.seconds)} <span className="opacity-65">/ {clockText(playback.durationSeconds)}</span>
      </span>
      <span className="ml-auto flex min-w-0 items-center gap-1 max-sm:gap-0">
        {captions !== undefined && captions.tracks.length > 0 && <CaptionsMenu captions={captions} />}
        {choices.length > 1 && choice !== null && <QualityMenu playback={playback} picked={choice} />}
        {onFullscreen && <BarButton icon={Maximize} label={player.fullscreen} onPress={onFullscreen} />}
      </span>
    </div>
  )
}

function QualityMenu({ playback, picked }: { readonly playback: Playback; readonly picked: MediaChoice }) {
  const { player } = useWords().file
  const textOf = (choice: MediaChoice) => {
    if (choice.kind === 'automatic') {
      return player.automatic(picked.kind === 'automatic' ? (playback.level?.pixels ?? null) : null)
    }
    if (choice.pixels !== null) return `${choice.pixels}p`
    return isOriginal(choice) || choice.kind === 'level' ? player.original : choice.mediaType.replace(/^.*\//, '')
  }
  return (
    <select
      aria-label={player.quality}
      value={picked.id}
      onChange={(event) => playback.pick(event.target.value)}
      className={`figures h-9 min-w-0 rounded-lg px-1.5 text-sm font-medium max-sm:px-0 ${MENU}`}
    >
      {playback.choices.map((choice) => (
        <option key={choice.id} value={choice.id}>
          {textOf(choice)}
        </option>
      ))}
    </select>
  )
}

/** The icon is seen; what is pressed is the list over it, which a telephone shows in its own way and a full screen does not hide. */
function CaptionsMenu({ captions }: { readonly captions: Captions }) {
  const { player } = useWords().file
  const isOn = captions.shown !== null
  return (
    <span className="relative grid size-9 shrink-0 place-items-center rounded-lg focus-within:outline-2 focus-within:outline-current hover:bg-current/10">
      <CaptionsIcon aria-hidden size={18} strokeWidth={2} className={isOn ? '' : 'opacity-65'} />
      {isOn && <span className="absolute bottom-1 h-0.5 w-4.5 rounded-full bg-[#6cc3d5]" />}
      <select
        aria-label={player.captions}
        value={captions.shown ?? ''}
        onChange={({ target }) => captions.show(captions.tracks.find(({ id }) => id === target.value)?.id ?? null)}
        className={`absolute inset-0 cursor-pointer opacity-0 ${MENU}`}
      >
        <option value="">{player.captionsOff}</option>
        {captions.tracks.map(({ id, label }) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </select>
    </span>
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
