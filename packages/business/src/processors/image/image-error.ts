import { InputFault } from '../child/input-fault.ts'
import { MAX_ANIMATION_PIXELS, MAX_CHILD_BYTES, MAX_FRAMES, MAX_HEIC_PIXELS, MAX_IMAGE_PIXELS } from './bounds.ts'

export function emptyImage(): InputFault {
  return new InputFault('IMAGE_CORRUPT', 'The file is empty, so there is no image in it. Upload the image again.')
}

/** Sizes where they are known. */
export function imageTooLarge(width?: number, height?: number, maxPixels = MAX_IMAGE_PIXELS): InputFault {
  const found = width && height ? ` is ${width} × ${height} pixels, which` : ''
  const kind = maxPixels === MAX_HEIC_PIXELS ? ' of an HEIC image' : ''
  return new InputFault(
    'IMAGE_TOO_LARGE',
    `The image${found} is more than the ${megapixels(maxPixels)} megapixels that are taken${kind}. Upload a smaller version of it.`,
  )
}

export function tooManyFrames(count: number): InputFault {
  return new InputFault(
    'IMAGE_TOO_LARGE',
    `The image has ${count} frames or pages, which is more than the ${MAX_FRAMES} that are taken. Upload a part of it, or a film.`,
  )
}

export function animationTooLarge(width: number, height: number, frames: number): InputFault {
  return new InputFault(
    'IMAGE_TOO_LARGE',
    `The animation is ${width} × ${height} pixels in ${frames} frames, which is more than the ` +
      `${megapixels(MAX_ANIMATION_PIXELS)} megapixels that are taken of all frames together. Upload a smaller one, or a film.`,
  )
}

export function memorySpent(): InputFault {
  return new InputFault(
    'IMAGE_TOO_LARGE',
    `To read the image took more than ${Math.floor(MAX_CHILD_BYTES / 2 ** 20)} MiB of memory. Upload a smaller version of it, ` +
      'or one that is stored row by row (not interlaced).',
  )
}

export function drawingTooLarge(sizeBytes: number, maxBytes: number): InputFault {
  const size = (bytes: number) => (bytes / 2 ** 20).toFixed(0)
  return new InputFault(
    'IMAGE_TOO_LARGE',
    `The drawing is a text of ${size(sizeBytes)} MiB; ${size(maxBytes)} MiB are taken. Upload it as a PNG, or simplify it.`,
  )
}

export function imageUnreadable(): InputFault {
  return new InputFault(
    'IMAGE_CORRUPT',
    'The file is not an image that can be read (JPEG, PNG, WebP, GIF, AVIF, HEIC, TIFF or SVG). Check that it opens on your ' +
      'machine, then upload it again.',
  )
}

/** libvips puts its message in several lines, some with our paths; a person gets the reason, a log the cause. */
export function imageDamaged(cause?: unknown): InputFault {
  return new InputFault(
    'IMAGE_CORRUPT',
    'The image is damaged or cut off: it could not be read to its end. Upload it again from the original.',
    { cause },
  )
}

export function drawingUnreadable(cause: unknown): InputFault {
  return new InputFault(
    'IMAGE_CORRUPT',
    'The drawing (SVG) could not be drawn: it is damaged, has no size, or takes too long. Check that it opens in a browser, ' +
      'or upload it as a PNG.',
    { cause },
  )
}

function megapixels(pixels: number): number {
  return Math.floor(pixels / 1e6)
}
