import { type KeyboardEvent, type RefObject, type SyntheticEvent, useState } from 'react'
import type { MediaChoice } from './media-choices.ts'
import { useMediaAddress } from './use-media-address.ts'

const STEP_SECONDS = 5
/** Of addresses that are asked for anew after a refusal, without a second of playing between. */
const RENEWALS_MAX = 1

export type Playback = ReturnType<typeof usePlayback>

/** Plays one of the choices; what is pressed and what is told. Nothing is asked of the store before it is to play. */
export function usePlayback(
  element: RefObject<HTMLMediaElement | null>,
  choices: readonly MediaChoice[],
  knownSeconds: number,
) {
  const [wanted, setWanted] = useState(false)
  const [picked, setPicked] = useState<MediaChoice['id'] | null>(null)
  const [playing, setPlaying] = useState(false)
  const [seconds, setSeconds] = useState(0)
  const [muted, setMuted] = useState(false)
  const [unplayable, setUnplayable] = useState<ReadonlySet<string>>(new Set())
  const [renewals, setRenewals] = useState(0)
  // Once something plays, a better rendition that is finished meanwhile is offered, and not changed to.
  const [begun, setBegun] = useState<MediaChoice['id'] | null>(null)
  const usable = choices.filter(({ id }) => !unplayable.has(id))
  const choice = usable.find(({ id }) => id === (picked ?? begun)) ?? usable[0] ?? null
  const { url, failed, renew } = useMediaAddress(choice?.id ?? null, wanted)

  const play = () => {
    setWanted(true)
    setBegun(choice?.id ?? null)
    void element.current?.play().catch(() => setPlaying(false))
  }
  const seek = (to: number) => {
    const at = Math.min(knownSeconds, Math.max(0, to))
    setSeconds(at)
    // oxlint-disable-next-line react/immutability -- a media element is moved by writing its time, and in no other way
    if (element.current !== null && element.current.readyState > 0) element.current.currentTime = at
    else play()
  }
  const toggle = () => (playing ? element.current?.pause() : play())
  const onKeyDown = (event: KeyboardEvent) => {
    const { target } = event
    if (event.ctrlKey || event.metaKey || event.altKey || target instanceof HTMLSelectElement) return
    if (event.key === ' ' && target instanceof HTMLButtonElement) return
    const act = {
      ' ': toggle,
      k: toggle,
      ArrowLeft: () => seek(seconds - STEP_SECONDS),
      ArrowRight: () => seek(seconds + STEP_SECONDS),
      m: () => setMuted(!muted),
    }[event.key]
    if (act === undefined) return
    event.preventDefault()
    act()
  }
  const mediaProps = {
    src: url ?? undefined,
    autoPlay: wanted,
    muted,
    onPlay: () => setPlaying(true),
    onPause: () => setPlaying(false),
    onTimeUpdate: ({ currentTarget }: SyntheticEvent<HTMLMediaElement>) => {
      setRenewals(0)
      setSeconds(currentTarget.currentTime)
    },
    // Another size, or a new key: it goes on where it was.
    onLoadedMetadata: ({ currentTarget }: SyntheticEvent<HTMLMediaElement>) => {
      if (seconds > 0 && seconds < knownSeconds) currentTarget.currentTime = seconds
    },
    onError: () => {
      if (choice === null) return
      if (renewals < RENEWALS_MAX) {
        setRenewals(renewals + 1)
        return renew()
      }
      setRenewals(0)
      setUnplayable(new Set([...unplayable, choice.id]))
    },
  }
  return {
    choice,
    choices: usable,
    pick: (id: string) => setPicked(usable.find((each) => each.id === id)?.id ?? null),
    wanted,
    waiting: wanted && url === null && failed === null,
    failed,
    playing,
    seconds,
    durationSeconds: knownSeconds,
    muted,
    mute: () => setMuted(!muted),
    toggle,
    seek,
    onKeyDown,
    mediaProps,
  }
}
