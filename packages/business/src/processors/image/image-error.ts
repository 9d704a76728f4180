import { InputFault } from '../child/input-fault.ts'
import { MAX_IMAGE_PIXELS } from './bounds.ts'

export function emptyImage(): InputFault {
  return new InputFault('IMAGE_CORRUPT', 'The file is empty, so there is no image in it. Upload the image again.')
}

export function imageTooLarge(width?: number, height?: number): InputFault {
  const found = width && height ? ` is ${width} × ${height} pixels, which` : ''
  const most = Math.floor(MAX_IMAGE_PIXELS / 1e6)
  return new InputFault(
    'IMAGE_TOO_LARGE',
    `The image${found} is more than the ${most} megapixels that are taken. Upload a smaller version of it.`,
  )
}

export function imageUnreadable(): InputFault {
  return new InputFault(
    'IMAGE_CORRUPT',
    'The file is not an image that can be read (JPEG, PNG, WebP, GIF, AVIF or TIFF). Check that it opens on your machine, ' +
      'then upload it again.',
  )
}

/** libvips puts its message in several lines, some with our paths; a person gets the reason, a log the cause. */
export function imageDamaged(cause: unknown): InputFault {
  return new InputFault(
    'IMAGE_CORRUPT',
    'The image is damaged or cut off: it could not be read to its end. Upload it again from the original.',
    { cause },
  )
}
