import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { MAX_HEIC_PIXELS } from './bounds.ts'
import { imageDamaged, imageTooLarge } from './image-error.ts'
import { writePlainTiff } from './plain-tiff.ts'

/** What we use of libheif-js, which has no types of its own for it. */
interface HeifImage {
  get_width(): number
  get_height(): number
  is_primary(): boolean
  display(target: ImagePixels, done: (pixels: ImagePixels | null) => void): void
  free(): void
}
interface HeifLibrary {
  readonly HeifDecoder: new () => { decode(file: Uint8Array): HeifImage[] }
}
interface ImagePixels {
  readonly data: Uint8ClampedArray
  readonly width: number
  readonly height: number
}

/**
 * sharp's libvips has no HEVC decoder (its patents), so libheif in WebAssembly decodes it, in its sandbox in our child
 * process: 12 megapixels in 1.3 s. What comes out is written as a plain TIFF with the image's own colour profile, so that
 * all the rest is as for any other image.
 */
export async function decodeHeic(
  path: string,
  tiffPath: string,
  { hasAlpha, icc }: { readonly hasAlpha: boolean; readonly icc?: Buffer | undefined },
): Promise<string> {
  const { data, width, height } = await decodePrimary(await readFile(path))
  await writePlainTiff(tiffPath, { rgba: data, width, height, hasAlpha, icc })
  return tiffPath
}

async function decodePrimary(file: Uint8Array): Promise<ImagePixels> {
  // Loaded here, for it takes a tenth of a second that no other format needs.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it ships declarations of its inner functions only
  const { HeifDecoder } = createRequire(import.meta.url)('libheif-js/wasm-bundle') as HeifLibrary
  const images = new HeifDecoder().decode(file)
  const image = images.find((each) => each.is_primary()) ?? images[0]
  if (!image) throw imageDamaged()
  const width = image.get_width()
  const height = image.get_height()
  if (width * height > MAX_HEIC_PIXELS) throw imageTooLarge(width, height, MAX_HEIC_PIXELS)
  const target = { data: new Uint8ClampedArray(width * height * 4), width, height }
  const pixels = await new Promise<ImagePixels | null>((resolve) => {
    image.display(target, resolve)
  })
  for (const each of images) each.free()
  if (!pixels) throw imageDamaged()
  return pixels
}
