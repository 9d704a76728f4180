import { JOB_KINDS, JobInputError, newId } from '@bellhop/model'
import { decode } from 'blurhash'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { MAX_CHILD_BYTES } from '../../src/processors/image/bounds.ts'
import { imageVariantsProcessor } from '../../src/processors/image/image-variants.ts'
import { photo, pixel, pngBomb, twoHalves } from './images.ts'
import { tempJob } from './temp-job.ts'

const NOISE = { type: 'gaussian' as const, mean: 128, sigma: 50 }
const { input: inputSchema, output: outputSchema } = JOB_KINDS['image.variants']

function imageJob(bytes: Uint8Array | string, options: { name?: string; widths?: number[]; formats?: string[] } = {}) {
  const { name = 'photo.jpg', ...rest } = options
  const input = inputSchema.parse({ fileId: newId('file'), ...rest })
  return tempJob({ name, mediaType: 'image/jpeg', bytes }, input)
}

async function faultOf(bytes: Uint8Array | string) {
  await using job = await imageJob(bytes)
  const error: unknown = await imageVariantsProcessor.run(job.run).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(JobInputError)
  return error instanceof JobInputError ? { code: error.code, sentence: error.message } : null
}

test('a photo of 12 megapixels gets a thumbnail and each width in each format, the cheap ones first', async () => {
  await using job = await imageJob(await photo(), { widths: [1280, 640, 5000], formats: ['webp', 'avif'] })
  const output = outputSchema.parse(await imageVariantsProcessor.run(job.run))
  expect({ ...output, blurhash: output.blurhash.length }).toEqual({
    width: 4000,
    height: 3000,
    format: 'jpeg',
    hasAlpha: false,
    blurhash: 28,
    frameCount: 1,
    dominantColor: expect.stringMatching(/^#[0-9a-f]{6}$/) as unknown,
    focalPoint: { x: expect.any(Number) as unknown, y: expect.any(Number) as unknown },
    files: [
      ['thumbnail', 'photo-thumbnail.webp', 320, 240],
      ['variant', 'photo-640.webp', 640, 480],
      ['variant', 'photo-1280.webp', 1280, 960],
      ['variant', 'photo-640.avif', 640, 480],
      ['variant', 'photo-1280.avif', 1280, 960],
    ].map(([role, name, width, height]) => {
      const id: unknown = expect.stringMatching(/^out_/)
      const sizeBytes: unknown = expect.any(Number)
      return { id, role, name, mediaType: `image/${String(name).slice(-4)}`, sizeBytes, width, height }
    }),
  })
  for (const file of output.files) {
    const { format, compression, width, height } = await sharp(job.outputPath(file.name)).metadata()
    const avif = file.mediaType === 'image/avif'
    expect({ format, compression, width, height }).toEqual({
      format: avif ? 'heif' : 'webp',
      compression: avif ? 'av1' : undefined,
      width: file.width,
      height: file.height,
    })
  }
  const told = Map.groupBy(job.progress, ({ stage }) => stage)
  expect([...told.keys()]).toEqual(JOB_KINDS['image.variants'].stages?.map(({ name }) => name))
  for (const fractions of told.values())
    expect(fractions).toEqual(fractions.toSorted((a, b) => a.fraction - b.fraction))
})

test('an image on its side is set upright, and its metadata stays behind', async () => {
  const bytes = await twoHalves(200, 100)
    .withExif({ IFD0: { Copyright: 'someone' }, IFD3: { GPSLatitude: '37/1 30/1 0/1', GPSLatitudeRef: 'N' } })
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 95 })
    .toBuffer()
  await using job = await imageJob(bytes, { widths: [64], formats: ['webp'] })
  const { width, height, files } = await imageVariantsProcessor.run(job.run)
  expect({ width, height, sizes: files.map((file) => [file.name, file.width, file.height]) }).toEqual({
    width: 100,
    height: 200,
    sizes: [
      ['photo-thumbnail.webp', 100, 200],
      ['photo-64.webp', 64, 128],
    ],
  })
  // Orientation 6: what was on top is on the right.
  const path = job.outputPath('photo-64.webp')
  const [leftRed = 0, , leftBlue = 0] = await pixel(path, 4, 64)
  const [rightRed = 0, , rightBlue = 0] = await pixel(path, 60, 64)
  expect([leftBlue > leftRed, rightRed > rightBlue]).toEqual([true, true])
  const { exif, icc, xmp, orientation } = await sharp(path).metadata()
  expect({ exif, icc, xmp, orientation }).toEqual({})
})

test('colours of a wide gamut become sRGB', async () => {
  const green = sharp({ create: { width: 32, height: 32, channels: 3, background: '#00ff00' } })
  const bytes = await green.withIccProfile('p3').png().toBuffer()
  await using job = await imageJob(bytes, { widths: [32], formats: ['webp'] })
  await imageVariantsProcessor.run(job.run)
  const path = job.outputPath('photo-32.webp')
  const [red = 255, greenValue = 0, blue = 255] = await pixel(path, 16, 16)
  expect([red < 8, greenValue > 247, blue < 8, (await sharp(path).metadata()).icc]).toEqual([
    true,
    true,
    true,
    undefined,
  ])
})

test('transparency is kept, and a blurhash decodes to the colours of the image', async () => {
  const clear = { r: 255, g: 0, b: 0, alpha: 0.5 }
  const bytes = await sharp({ create: { width: 100, height: 60, channels: 4, background: clear } })
    .png()
    .toBuffer()
  await using job = await imageJob(bytes, { name: '로고.png', widths: [50], formats: ['webp', 'avif'] })
  const { hasAlpha, format, blurhash, files } = await imageVariantsProcessor.run(job.run)
  expect({ hasAlpha, format, names: files.map(({ name }) => name) }).toEqual({
    hasAlpha: true,
    format: 'png',
    names: ['로고-thumbnail.webp', '로고-50.webp', '로고-50.avif'],
  })
  const [red = 0, green = 255, blue = 255] = decode(blurhash, 1, 1)
  expect([red > 240, green < 15, blue < 15]).toEqual([true, true, true])
  const [, , , alpha = 0] = await pixel(job.outputPath('로고-50.webp'), 10, 10)
  expect(Math.abs(alpha - 128)).toBeLessThan(4)
})

test('an image of one pixel, and one too tall for WebP, come out whole', async () => {
  const dot = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#123456' } })
    .png()
    .toBuffer()
  await using one = await imageJob(dot, { formats: ['webp'] })
  const tiny = await imageVariantsProcessor.run(one.run)
  expect(tiny.files.map((file) => [file.name, file.width, file.height])).toEqual([
    ['photo-thumbnail.webp', 1, 1],
    ['photo-1.webp', 1, 1],
  ])
  const tower = await sharp({ create: { width: 100, height: 20_000, channels: 3, background: '#fff' } })
    .png()
    .toBuffer()
  await using tall = await imageJob(tower, { widths: [100], formats: ['webp'] })
  const { files } = await imageVariantsProcessor.run(tall.run)
  expect(files.map((file) => [file.name, file.width, file.height])).toEqual([
    ['photo-thumbnail.webp', 2, 320],
    ['photo-100.webp', 82, 16_383],
  ])
})

test('images of a hundred megapixels are taken, in a process that ends itself above one gibibyte', async () => {
  expect(MAX_CHILD_BYTES).toBe(1024 ** 3)
  const grain = sharp({ create: { width: 100, height: 100, channels: 3, background: '#000', noise: NOISE } })
  const large = sharp(await grain.png().toBuffer()).resize(10_000, 10_000, { kernel: 'nearest' })
  for (const bytes of [await large.clone().jpeg().toBuffer(), await large.png({ compressionLevel: 1 }).toBuffer()]) {
    await using job = await imageJob(bytes, { widths: [640], formats: ['webp'] })
    const { width, height, files } = await imageVariantsProcessor.run(job.run)
    const sizes = files.map((file) => [file.width, file.height])
    expect({ width, height, sizes }).toEqual({
      width: 10_000,
      height: 10_000,
      sizes: [
        [320, 320],
        [640, 640],
      ],
    })
  }
})

const DAMAGED = {
  code: 'IMAGE_CORRUPT',
  sentence: 'The image is damaged or cut off: it could not be read to its end. Upload it again from the original.',
}
const NO_IMAGE = {
  code: 'IMAGE_CORRUPT',
  sentence:
    'The file is not an image that can be read (JPEG, PNG, WebP, GIF, AVIF, HEIC, TIFF or SVG). Check that it opens on your ' +
    'machine, then upload it again.',
}

test('a cut JPEG, a cut PNG, text, SVG, nothing and a bomb each fail with their reason', async () => {
  const jpeg = await photo(800, 600)
  const png = await twoHalves(300, 200).png().toBuffer()
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
  const faults = await Promise.all(
    [
      jpeg.subarray(0, jpeg.length / 2),
      png.subarray(0, png.length - 40),
      'Hello.',
      svg,
      '',
      pngBomb(50_000, 50_000),
    ].map(faultOf),
  )
  expect(faults).toEqual([
    DAMAGED,
    DAMAGED,
    NO_IMAGE,
    NO_IMAGE,
    { code: 'IMAGE_CORRUPT', sentence: 'The file is empty, so there is no image in it. Upload the image again.' },
    {
      code: 'IMAGE_TOO_LARGE',
      sentence:
        'The image is 50000 × 50000 pixels, which is more than the 268 megapixels that are taken. Upload a smaller version of it.',
    },
  ])
})
