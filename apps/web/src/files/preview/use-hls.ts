import type { OutputId } from '@bellhop/model'
import { type RefObject, useEffect, useEffectEvent, useState } from 'react'
import type { HlsEngine } from './hls-engine.ts'
import type { HlsLevel } from './hls-level.ts'
import type { MediaKeys } from './media-keys.ts'

interface HlsPlay {
  /** Null: something else plays, or nothing yet. */
  readonly levels: readonly HlsLevel[] | null
  /** Null: as the connection and the window allow. */
  readonly picked: OutputId | null
  readonly keys: MediaKeys
  readonly fromSeconds: number
  readonly onFailed: (error: unknown) => void
}

/** Plays the levels on the element, and tells which of them shows. Its engine is fetched when it first plays. */
export function useHls(
  element: RefObject<HTMLMediaElement | null>,
  { levels, picked, keys, fromSeconds, onFailed }: HlsPlay,
): HlsLevel | null {
  const [shown, setShown] = useState<HlsLevel | null>(null)
  const [engine, setEngine] = useState<HlsEngine | null>(null)
  const fail = useEffectEvent(onFailed)
  const start = useEffectEvent((startHls: typeof import('./hls-engine.ts').startHls) =>
    element.current === null || levels === null
      ? null
      : startHls(element.current, { levels, keys, fromSeconds, onLevel: setShown, onFailed: (error) => fail(error) }),
  )
  useEffect(() => {
    if (levels === null) return
    let running: HlsEngine | null = null
    let isOver = false
    void import('./hls-engine.ts')
      .then(({ startHls }) => {
        if (isOver) return
        running = start(startHls)
        setEngine(running)
      })
      .catch((error: unknown) => {
        if (!isOver) fail(error)
      })
    return () => {
      isOver = true
      running?.[Symbol.dispose]()
      setEngine(null)
      setShown(null)
    }
  }, [levels])
  useEffect(() => engine?.pick(picked), [engine, picked])
  return shown
}
