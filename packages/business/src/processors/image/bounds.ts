/** Pixels of one image, 16,383 × 16,383: what libvips takes at most, and a gigabyte when all of it must be in memory. */
export const MAX_IMAGE_PIXELS = 0x3fff * 0x3fff
/** Pixels of a side that WebP can hold. A taller image is made narrower than asked for. */
export const MAX_VARIANT_SIDE_PX = 16_383
export const THUMBNAIL_SIDE_PX = 320
/** Pixels of the raster from which the smaller sizes are made: 128 MiB with alpha. Above it each is made from the file. */
export const MAX_RASTER_PIXELS = 32 * 1024 * 1024
/** Pixels of a side of what the blurhash is computed from; more changes nothing that one can see. */
export const BLURHASH_SIDE_PX = 64
/** libvips' threads for one image. */
export const MAX_IMAGE_THREADS = 4
