import { type FocusEvent, type PointerEvent, useEffect, useState } from 'react'
import { useMatchMedia } from '../ui/use-match-media.ts'

/** For who has no pointer it goes through once by itself: so many frames, so long each. */
const STEPS = 10
const STEP_MS = 400

/** How far through a card is looked at, 0 to 1: where the mouse is over it, or by itself while the keyboard's focus is in it; else null. */
export function useScrub(enabled: boolean) {
  const still = useMatchMedia('(prefers-reduced-motion: reduce)')
  const [pointer, setPointer] = useState<number | null>(null)
  const [step, setStep] = useState<number | null>(null)
  useEffect(() => {
    if (step === null) return
    const timer = setTimeout(() => setStep(step + 1 < STEPS ? step + 1 : null), STEP_MS)
    return () => clearTimeout(timer)
  }, [step])
  if (!enabled || still) return { at: null, handlers: {} }
  const handlers = {
    onPointerMove: ({ currentTarget, clientX, pointerType }: PointerEvent) => {
      if (pointerType === 'touch') return
      const { left, width } = currentTarget.getBoundingClientRect()
      setPointer(Math.min(1, Math.max(0, (clientX - left) / width)))
    },
    onPointerLeave: () => setPointer(null),
    onFocus: ({ target }: FocusEvent) => {
      if (target.matches(':focus-visible')) setStep(0)
    },
    onBlur: () => setStep(null),
  }
  return { at: pointer ?? (step === null ? null : step / (STEPS - 1)), handlers }
}
