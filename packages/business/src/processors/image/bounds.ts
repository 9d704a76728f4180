/** Pixels of one image, 16,383 × 16,383. They are counted before anything is decoded. */
export const MAX_IMAGE_PIXELS = 0x3fff * 0x3fff
/** Pixels of all frames of an animation together: 400 MiB, for all of them are in memory at once. */
export const MAX_ANIMATION_PIXELS = 100 * 1024 * 1024
/** Frames of an animation, pages of a TIFF, pictures in a HEIC. */
export const MAX_FRAMES = 1_000
/** Pixels of an HEIC image, whose decoder has no rows: 48 megapixels took 627 MiB. Phones make no more. */
export const MAX_HEIC_PIXELS = 64 * 1024 * 1024
/** Text of a drawing. Icons have kilobytes, maps a few megabytes. */
export const MAX_SVG_BYTES = 8 * 1024 * 1024
/** Time to draw an SVG: a short text can ask for years of filters. */
export const MAX_DRAWING_S = 30
/** Memory of the child process. Beyond it the image is refused, whatever its pixels promised. */
export const MAX_CHILD_BYTES = 1024 * 1024 * 1024
export const MEMORY_LOOK_MS = 50
/** Pixels of a side that WebP can hold. A taller image is made narrower than asked for. */
export const MAX_VARIANT_SIDE_PX = 16_383
export const THUMBNAIL_SIDE_PX = 320
/** Pixels of the raster from which the smaller sizes are made: 128 MiB with alpha. Above it each is made from the file. */
export const MAX_RASTER_PIXELS = 32 * 1024 * 1024
/** Pixels of a side of what blurhash and colour are computed from; more changes nothing that one can see. */
export const SAMPLE_SIDE_PX = 64
/** Pixels of a side of what the eye's first point is looked for in. */
export const ATTENTION_SIDE_PX = 256
/** libvips' threads for one image. */
export const MAX_IMAGE_THREADS = 4
/** Characters of a name or a notice of copyright that is kept. */
export const MAX_RIGHTS_CHARS = 1_000
