import { encode } from 'blurhash'
import { BLURHASH_SIDE_PX } from './bounds.ts'
import type { OpenImage } from './open-image.ts'

const COMPONENTS_X = 4
const COMPONENTS_Y = 3

export async function blurhash(image: OpenImage): Promise<string> {
  const { data, info } = await image.guard(
    image.resized(BLURHASH_SIDE_PX, BLURHASH_SIDE_PX).ensureAlpha().raw().toBuffer({ resolveWithObject: true }),
  )
  return encode(new Uint8ClampedArray(data), info.width, info.height, COMPONENTS_X, COMPONENTS_Y)
}
