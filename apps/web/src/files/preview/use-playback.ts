import { type KeyboardEvent, type RefObject, type SyntheticEvent, useState } from 'react'
import type { HlsLevel } from './hls-level.ts'
import { type FileChoice, type MediaChoice, mediaChoices } from './media-choices.ts'
import type { MediaKeys } from './media-keys.ts'
import { useHls } from './use-hls.ts'
import { useMediaAddress } from './use-media-address.ts'

const STEP_SECONDS = 5
/** Of addresses that are asked for anew after a refusal, without a second of playing between. */
const RENEWALS_MAX = 1
const NOTHING: ReadonlySet<string> = new Set()

interface Playable {
  readonly files: readonly FileChoice[]
  /** Null until they are known: nothing plays before. */
  readonly levels: readonly HlsLevel[] | null
  readonly keys: MediaKeys
  readonly knownSeconds: number
}

export type Playback = ReturnType<typeof usePlayback>

/** Plays one of the choices; what is pressed and what is told. Nothing is asked of the store before it is to play. */
export function usePlayback(element: RefObject<HTMLMediaElement | null>, playable: Playable) {
  const { files, levels, keys, knownSeconds } = playable
  const [wanted, setWanted] = useState(false)
  const [picked, setPicked] = useState<MediaChoice['id'] | null>(null)
  const [playing, setPlaying] = useState(false)
  const [buffering, setBuffering] = useState(false)
  const [seconds, setSeconds] = useState(0)
  const [muted, setMuted] = useState(false)
  const [unplayable, setUnplayable] = useState(NOTHING)
  const [hlsFailed, setHlsFailed] = useState(false)
  const [renewals, setRenewals] = useState(0)
  // Once something plays, a better rendition that is finished meanwhile is offered, and not changed to.
  const [begun, setBegun] = useState<MediaChoice['id'] | null>(null)
  const [session, setSession] = useState<readonly HlsLevel[] | null>(null)
  const usable = mediaChoices(
    files.filter(({ id }) => !unplayable.has(id)),
    hlsFailed ? [] : (levels ?? []),
  )
  const choice = levels === null ? null : (usable.find(({ id }) => id === (picked ?? begun)) ?? usable[0] ?? null)
  if (wanted && session === null && levels !== null) {
    setSession(levels)
    setBegun(choice?.id ?? null)
  }
  const isFile = choice?.kind === 'file'
  const { url, failed, renew } = useMediaAddress(isFile ? choice.id : null, wanted)
  const level = useHls(element, {
    levels: wanted && choice !== null && !isFile ? session : null,
    picked: choice?.kind === 'level' ? choice.id : null,
    keys,
    fromSeconds: seconds,
    onFailed: () => setHlsFailed(true),
  })

  const play = () => {
    setWanted(true)
    if (!wanted) setBuffering(true)
    void element.current?.play().catch(() => setPlaying(false))
  }
  const pick = (id: string) => {
    setPicked(usable.find((each) => each.id === id)?.id ?? null)
    // One that was finished meanwhile.
    const isIn = (some: readonly HlsLevel[] | null) => some?.some((each) => each.id === id) ?? false
    if (isIn(levels) && !isIn(session)) setSession(levels)
  }
  const seek = (to: number) => {
    const at = Math.min(knownSeconds, Math.max(0, to))
    setSeconds(at)
    // oxlint-disable-next-line react/immutability -- a media element is moved by writing its time, and in no other way
    if (element.current !== null && element.current.readyState > 0) element.current.currentTime = at
    else play()
  }
  const toggle = () => (playing ? element.current?.pause() : play())
  const tryAgain = () => {
    setUnplayable(NOTHING)
    setHlsFailed(false)
  }
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
    onWaiting: () => setBuffering(true),
    onPlaying: () => setBuffering(false),
    onTimeUpdate: ({ currentTarget }: SyntheticEvent<HTMLMediaElement>) => {
      setRenewals(0)
      // While what it plays is changed its own time is 0.
      if (currentTarget.readyState > 0) setSeconds(currentTarget.currentTime)
    },
    // Another file, or a new key: it goes on where it was.
    onLoadedMetadata: ({ currentTarget }: SyntheticEvent<HTMLMediaElement>) => {
      if (seconds > 0 && seconds < knownSeconds) currentTarget.currentTime = seconds
    },
    onError: () => {
      if (choice === null) return
      if (choice.kind !== 'file') return setHlsFailed(true)
      if (renewals < RENEWALS_MAX) {
        setRenewals(renewals + 1)
        // Within a second the address is the same one, which a browser does not try again by itself.
        return void renew().then(() => element.current?.load())
      }
      setRenewals(0)
      setUnplayable(new Set([...unplayable, choice.id]))
    },
  }
  return {
    choice,
    choices: usable,
    pick,
    /** Of HLS, what shows just now. */
    level,
    wanted,
    waiting: buffering && wanted && (choice !== null || levels === null) && failed === null,
    failed,
    /** There is something to play, for all that is known by now. */
    playable: choice !== null || levels === null,
    /** All was tried that there is; false where there was nothing to try. */
    exhausted: choice === null && (hlsFailed || unplayable.size > 0),
    tryAgain,
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
