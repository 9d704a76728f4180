import { type KeyboardEvent, type PointerEvent, type RefCallback, useCallback, useRef, useState } from 'react'
import { FITTING, ownScale, type Point, type Size, within, type Zoom, zoomAt } from './zoom.ts'

const STEP = 1.5
const PAN_PX = 80
/** A turn of a wheel is about 100 pixels, a pinch on a pad a few. */
const WHEEL_PER_PX = 0.002
const PINCH_PER_PX = 0.01
/** Of lines and pages, in which some wheels count. */
const LINE_PX = 16
const MIDDLE: Point = { x: 0, y: 0 }

export interface ZoomControl {
  readonly zoom: Zoom
  readonly stage: Size
  /** While a finger or the mouse holds the picture: it follows without delay. */
  readonly held: boolean
  readonly larger: () => void
  readonly smaller: () => void
  readonly fit: () => void
  /** One pixel of the picture to one of the page. */
  readonly own: () => void
  readonly stageProps: {
    readonly ref: RefCallback<HTMLElement>
    readonly onPointerDown: (event: PointerEvent) => void
    readonly onPointerMove: (event: PointerEvent) => void
    readonly onPointerUp: (event: PointerEvent) => void
    readonly onPointerCancel: (event: PointerEvent) => void
    readonly onDoubleClick: (event: { readonly clientX: number; readonly clientY: number }) => void
  }
  readonly onKeyDown: (event: KeyboardEvent) => void
}

/** A picture on a stage, moved by wheel, mouse, fingers and keys. */
export function useZoom(picture: Size): ZoomControl {
  const [zoom, setZoom] = useState(FITTING)
  const [stage, setStage] = useState<Size>({ width: 1, height: 1 })
  const [held, setHeld] = useState(false)
  const element = useRef<HTMLElement>(null)
  const fingers = useRef(new Map<number, Point>())

  const sizeOf = useCallback((): Size => {
    const { clientWidth: width = 1, clientHeight: height = 1 } = element.current ?? {}
    return { width, height }
  }, [])
  const pointOf = useCallback(({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }): Point => {
    const box = element.current?.getBoundingClientRect()
    return box === undefined ? MIDDLE : { x: clientX - box.left - box.width / 2, y: clientY - box.top - box.height / 2 }
  }, [])
  const { width, height } = picture
  const by = useCallback(
    (factor: number, at: Point = MIDDLE) => setZoom((now) => zoomAt(now, factor, at, { width, height }, sizeOf())),
    [width, height, sizeOf],
  )
  const move = (dx: number, dy: number) =>
    setZoom((now) => within({ ...now, x: now.x + dx, y: now.y + dy }, picture, sizeOf()))
  const own = (at: Point = MIDDLE) =>
    setZoom((now) => zoomAt(now, ownScale(picture, sizeOf()) / now.scale, at, picture, sizeOf()))

  const ref = useCallback(
    (node: HTMLElement | null) => {
      element.current = node
      if (node === null) return
      const onWheel = (event: WheelEvent) => {
        event.preventDefault()
        const turned = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE_PX)
        by(Math.exp(-turned * (event.ctrlKey ? PINCH_PER_PX : WHEEL_PER_PX)), pointOf(event))
      }
      // React listens passively, and then the page would scroll.
      node.addEventListener('wheel', onWheel, { passive: false })
      const observer = new ResizeObserver(() => {
        setStage(sizeOf())
        setZoom((now) => within(now, { width, height }, sizeOf()))
      })
      observer.observe(node)
      return () => {
        node.removeEventListener('wheel', onWheel)
        observer.disconnect()
        element.current = null
      }
    },
    [by, pointOf, sizeOf, width, height],
  )

  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    fingers.current.set(event.pointerId, pointOf(event))
    setHeld(true)
  }
  const onPointerMove = (event: PointerEvent) => {
    const before = fingers.current.get(event.pointerId)
    if (before === undefined) return
    const now = pointOf(event)
    const [other] = [...fingers.current].filter(([id]) => id !== event.pointerId).map(([, point]) => point)
    fingers.current.set(event.pointerId, now)
    if (other === undefined) return move(now.x - before.x, now.y - before.y)
    const apart = Math.max(1, distance(before, other))
    by(distance(now, other) / apart, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 })
    move((now.x - before.x) / 2, (now.y - before.y) / 2)
  }
  const onPointerUp = (event: PointerEvent) => {
    fingers.current.delete(event.pointerId)
    if (fingers.current.size === 0) setHeld(false)
  }

  const fit = () => setZoom(FITTING)
  const larger = () => by(STEP)
  const smaller = () => by(1 / STEP)
  const keys: Readonly<Record<string, () => void>> = {
    '+': larger,
    '=': larger,
    '-': smaller,
    _: smaller,
    '0': fit,
    '1': () => own(),
    ArrowLeft: () => move(PAN_PX, 0),
    ArrowRight: () => move(-PAN_PX, 0),
    ArrowUp: () => move(0, PAN_PX),
    ArrowDown: () => move(0, -PAN_PX),
  }
  return {
    zoom,
    stage,
    held,
    larger,
    smaller,
    fit,
    own: () => own(),
    stageProps: {
      ref,
      onPointerDown,
      onPointerMove,
      onPointerUp,
      onPointerCancel: onPointerUp,
      onDoubleClick: (event) => (zoom.scale > 1 ? fit() : own(pointOf(event))),
    },
    onKeyDown: (event) => {
      const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key]
      if (act === undefined) return
      event.preventDefault()
      act()
    },
  }
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}
