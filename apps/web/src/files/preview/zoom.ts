/** How a picture lies on its stage: how many times larger than it fits, and how far its middle is moved, in pixels. */
export interface Zoom {
  readonly scale: number
  readonly x: number
  readonly y: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** From the middle of the stage, in pixels. */
export interface Point {
  readonly x: number
  readonly y: number
}

export const FITTING: Zoom = { scale: 1, x: 0, y: 0 }
/** Of its own pixels: beyond it one sees squares. */
const MAX_OWN_SCALE = 4
/** What is small may still be looked at closely. */
const MIN_MAX_SCALE = 4

/** Of a picture that is as large as the stage lets it, and never larger than itself. */
export function fittingSize(picture: Size, stage: Size): Size {
  const factor = Math.min(1, stage.width / picture.width, stage.height / picture.height)
  return { width: picture.width * factor, height: picture.height * factor }
}

/** The scale at which a pixel of the picture is one of the page. */
export function ownScale(picture: Size, stage: Size): number {
  return picture.width / Math.max(1, fittingSize(picture, stage).width)
}

/** What is under the point stays there. */
export function zoomAt(zoom: Zoom, factor: number, at: Point, picture: Size, stage: Size): Zoom {
  const max = Math.max(MIN_MAX_SCALE, ownScale(picture, stage) * MAX_OWN_SCALE)
  const scale = Math.min(max, Math.max(1, zoom.scale * factor))
  const grown = scale / zoom.scale
  return within({ scale, x: at.x - (at.x - zoom.x) * grown, y: at.y - (at.y - zoom.y) * grown }, picture, stage)
}

/** No edge of the picture comes further in than the edge of the stage; what is smaller than it stays in its middle. */
export function within({ scale, x, y }: Zoom, picture: Size, stage: Size): Zoom {
  const fitting = fittingSize(picture, stage)
  const free = (size: number, of: number) => Math.max(0, (size * scale - of) / 2)
  const clamp = (value: number, most: number) => Math.min(most, Math.max(-most, value))
  return { scale, x: clamp(x, free(fitting.width, stage.width)), y: clamp(y, free(fitting.height, stage.height)) }
}
