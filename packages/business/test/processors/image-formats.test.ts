import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import sharp from 'sharp'
import type { Sharp } from 'sharp'
import { expect, test } from 'vitest'
import { InputFault } from '../../src/processors/child/input-fault.ts'
import { withinMemory } from '../../src/processors/image/memory-watch.ts'
import { frames, gifBomb, pixel, pngBomb, quadrants, tiffBomb } from './images.ts'
import { madeVariants } from './made-variants.ts'

const SVG = 'image/svg+xml'

async function faultOf(bytes: Uint8Array | string, mediaType = 'image/png') {
  const error: unknown = await madeVariants(bytes, { mediaType }).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(InputFault)
  return error instanceof InputFault ? [error.code, error.message] : null
}

function pixelsOf(path: string): Promise<Buffer> {
  return sharp(path).removeAlpha().raw().toBuffer()
}

/** Of all channels of all pixels. */
function meanDifference(a: Buffer, b: Buffer): number {
  expect(a.length).toBe(b.length)
  return a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length
}

test('each of the eight orientations comes out as the upright image does, pixel by pixel', async () => {
  const upright = await (await quadrants(96, 64)).png().toBuffer()
  await using expected = await madeVariants(upright, { widths: [48], formats: ['png'] })
  const want = await pixelsOf(expected.path('-48.png'))
  // How the upright image lies in a file of each orientation: what a viewer then undoes. sharp mirrors, then turns.
  const lain: Record<number, (image: Sharp) => Sharp> = {
    1: (image) => image,
    2: (image) => image.flop(),
    3: (image) => image.rotate(180),
    4: (image) => image.flip(),
    5: (image) => image.flip().rotate(90),
    6: (image) => image.rotate(270),
    7: (image) => image.flop().rotate(90),
    8: (image) => image.rotate(90),
  }
  for (const [orientation, lay] of Object.entries(lain)) {
    const stored = await lay(sharp(upright)).png().toBuffer()
    const file = await sharp(stored)
      .withMetadata({ orientation: Number(orientation) })
      .tiff({ compression: 'none' })
      .toBuffer()
    await using made = await madeVariants(file, { widths: [48], formats: ['png'] })
    expect([orientation, made.facts.width, made.facts.height]).toEqual([orientation, 96, 64])
    expect(meanDifference(await pixelsOf(made.path('-48.png')), want)).toBeLessThan(1)
  }
})

test('HEIC, with the wide gamut of a phone, becomes sRGB in every format, without where it was taken', async () => {
  const heic = await readFile(new URL('fixtures/quadrants-p3.heic', import.meta.url))
  const formats = ['webp', 'avif', 'jpeg', 'png'] as const
  await using made = await madeVariants(heic, { mediaType: 'image/heic', widths: [160], formats: [...formats] })
  const { width, height, format, frameCount } = made.facts
  expect({ width, height, format, frameCount }).toEqual({ width: 320, height: 240, format: 'heic', frameCount: 1 })
  const upright = await (await quadrants(160, 120)).removeAlpha().raw().toBuffer()
  for (const extension of ['webp', 'avif', 'jpg', 'png']) {
    const path = made.path(`-160.${extension}`)
    expect(meanDifference(await pixelsOf(path), upright)).toBeLessThan(4)
    const { exif, icc, xmp } = await sharp(path).metadata()
    expect({ exif, icc, xmp }).toEqual({})
  }
})

test('who made an image and whose it is stays when asked for, where it was taken never', async () => {
  const GPS = { GPSLatitude: '37/1 30/1 0/1', GPSLatitudeRef: 'N' }
  const notice = '© 2026 한빛 & co'
  // What writes EXIF here knows ASCII only; the bytes of the notice are put in afterwards.
  const room = '#'.repeat(Buffer.byteLength(notice))
  const file = await (
    await quadrants(64, 64)
  )
    .withExif({ IFD0: { Copyright: room, Artist: 'Painter', Make: 'Camera' }, IFD3: GPS })
    .jpeg()
    .toBuffer()
  file.write(notice, file.indexOf(room))
  await using bare = await madeVariants(file, { widths: [32], formats: ['webp'] })
  const { exif, xmp } = await sharp(bare.path('-32.webp')).metadata()
  expect({ exif, xmp }).toEqual({})
  const formats = ['webp', 'jpeg', 'png', 'avif'] as const
  await using kept = await madeVariants(file, { widths: [32], formats: [...formats], metadata: 'rights' })
  for (const { suffix } of kept.facts.variants) {
    const { xmpAsString = '', ...found } = await sharp(kept.path(suffix)).metadata()
    const has = ['<rdf:li>Painter<', '>© 2026 한빛 &amp; co<', 'Camera'].map((text) => xmpAsString.includes(text))
    expect([suffix, ...has, found.exif]).toEqual([suffix, true, true, false, undefined])
  }
})

test('ink on paper (CMYK) becomes the colours of a screen', async () => {
  const file = await (await quadrants(64, 64)).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer()
  expect((await sharp(file).metadata()).space).toBe('cmyk')
  await using made = await madeVariants(file, { widths: [64], formats: ['png'] })
  const at = (left: number, top: number) => pixel(made.path('-64.png'), left, top)
  const [[red = 0, , inRed = 0], [, green = 0], [, , blue = 0], [yellowRed = 0, yellowGreen = 0, yellowBlue = 255]] =
    await Promise.all([at(8, 8), at(56, 8), at(8, 56), at(56, 56)])
  expect(red - inRed).toBeGreaterThan(120)
  expect([green > 120, blue > 90, yellowRed > 180 && yellowGreen > 180 && yellowBlue < 110]).toEqual([true, true, true])
})

test('an animation keeps its frames, their times and its loops, where the format can move', async () => {
  const film = await frames(['#ff0000', '#00ff00', '#0000ff'])
  const timing = { delay: [100, 200, 300], loop: 2 }
  for (const [file, format] of [
    [await film.clone().gif(timing).toBuffer(), 'gif'],
    [
      await film
        .clone()
        .webp({ ...timing, lossless: true })
        .toBuffer(),
      'webp',
    ],
  ] as const) {
    await using made = await madeVariants(file, { widths: [20], formats: ['avif', 'webp', 'gif'] })
    const suffixes = made.facts.variants.map(({ suffix, width, height }) => [suffix, width, height])
    expect([made.facts.format, made.facts.frameCount, suffixes]).toEqual([
      format,
      3,
      [
        ['-thumbnail.webp', 40, 30],
        ['-20.webp', 20, 15],
        ['-20.gif', 20, 15],
      ],
    ])
    for (const suffix of ['-20.webp', '-20.gif']) {
      const { pages, delay, loop } = await sharp(made.path(suffix)).metadata()
      expect({ pages, delay, loop }).toEqual({ pages: 3, ...timing })
    }
    const last = await sharp(made.path('-20.webp'), { page: 2 }).removeAlpha().raw().toBuffer()
    expect([(last[0] ?? 255) < 40, (last[2] ?? 0) > 200]).toEqual([true, true])
    expect((await sharp(made.path('-thumbnail.webp')).metadata()).pages ?? 1).toBe(1)
    await using still = await madeVariants(file, { widths: [20], formats: ['jpeg'] })
    expect(still.facts.variants.map(({ suffix }) => suffix)).toEqual(['-thumbnail.webp', '-20.jpg'])
  }
})

test('a cut has its ratio, and keeps the point that was given, or the one that was found', async () => {
  const file = await sharp({ create: { width: 400, height: 100, channels: 3, background: '#808080' } })
    .composite([
      {
        input: await sharp({ create: { width: 40, height: 40, channels: 3, background: '#ff3020' } })
          .png()
          .toBuffer(),
        left: 330,
        top: 30,
      },
    ])
    .png()
    .toBuffer()
  const policy = { widths: [50], formats: ['png' as const], aspectRatio: 1 }
  await using given = await madeVariants(file, { ...policy, focalPoint: { x: 0, y: 0.5 } })
  await using found = await madeVariants(file, policy)
  expect(given.facts.variants.map(({ width, height }) => [width, height])).toEqual([
    [320, 80],
    [50, 50],
  ])
  const [grey = 0, greyGreen = 0] = await pixel(given.path('-50.png'), 25, 25)
  expect(Math.abs(grey - greyGreen)).toBeLessThan(4)
  expect(found.facts.focalPoint?.x).toBeGreaterThan(0.75)
  const reds = await pixelsOf(found.path('-50.png'))
  expect(reds.filter((value, at) => at % 3 === 0 && value > 240).length).toBeGreaterThan(100)
  expect(found.facts.dominantColor).toBe('#808080')
})

test('a drawing is drawn anew in each width; it runs nothing, fetches nothing and reads no other file', async () => {
  const seen: string[] = []
  await using canary = createServer((request, response) => {
    seen.push(request.url ?? '')
    response.end()
  })
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve))
  const { port } = canary.address() as AddressInfo
  const there = `http://127.0.0.1:${port}`
  const svg = `<?xml version="1.0"?>
    <?xml-stylesheet href="${there}/style.css" type="text/css"?>
    <!DOCTYPE svg [<!ENTITY secret SYSTEM "file:///etc/passwd"><!ENTITY far SYSTEM "${there}/entity">]>
    <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
      xmlns:xi="http://www.w3.org/2001/XInclude" width="24" height="24" onload="fetch('${there}/onload')">
      <script>fetch('${there}/script')</script><script href="${there}/script.js"/>
      <style>@import url("${there}/import.css"); @font-face { font-family: f; src: url("${there}/font") }</style>
      <rect width="24" height="24" fill="#ffffff"/>
      <image href="${there}/image.png" width="24" height="24"/>
      <image xlink:href="file://${new URL('fixtures/quadrants-p3.heic', import.meta.url).pathname}" width="24" height="24"/>
      <image href="source" width="24" height="24"/>
      <use href="${there}/use.svg#a"/>
      <text y="12" font-size="6"><xi:include href="file:///etc/passwd" parse="text"/>&secret;&far;</text>
      <foreignObject width="24" height="24"><iframe src="${there}/frame"/></foreignObject>
      <circle cx="12" cy="12" r="4" fill="#00aa00"/>
    </svg>`
  const made = await madeVariants(svg, { mediaType: SVG, widths: [64, 640], formats: ['png'] }).catch(
    (error: unknown) => error,
  )
  const plain = svg.replace(/<!DOCTYPE[^]*?\]>/, '').replace('&secret;&far;', '')
  await using drawn = await madeVariants(plain, { mediaType: SVG, widths: [64, 640], formats: ['png'] })
  const { width, height, format, variants } = drawn.facts
  expect({ width, height, format, sizes: variants.map((each) => [each.width, each.height]) }).toEqual({
    width: 24,
    height: 24,
    format: 'svg',
    sizes: [
      [320, 320],
      [64, 64],
      [640, 640],
    ],
  })
  // A white sheet with a green disc: of all that was referred to, nothing is drawn.
  const pixels = await sharp(drawn.path('-640.png')).flatten().raw().toBuffer()
  const strange = pixels.filter((value, at) => at % 3 === 0 && (pixels[at + 2] ?? 0) !== value).length
  expect([await pixel(drawn.path('-640.png'), 320, 320), strange]).toEqual([[0, 170, 0, 255], 0])
  // With entities it is refused, or drawn without them; never with what they name.
  if (made instanceof InputFault) expect(made.code).toBe('IMAGE_CORRUPT')
  expect(seen).toEqual([])
})

test('an SVG by another name is no image, and what cannot be drawn is told so', async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
  expect((await faultOf(svg, 'image/png'))?.[0]).toBe('IMAGE_CORRUPT')
  const drawn =
    'The drawing (SVG) could not be drawn: it is damaged, has no size, or takes too long. Check that it opens in a browser, ' +
    'or upload it as a PNG.'
  expect(await faultOf(svg.slice(0, 60), SVG)).toEqual(['IMAGE_CORRUPT', drawn])
  expect(await faultOf(await (await quadrants(8, 8)).png().toBuffer(), SVG)).toEqual(['IMAGE_CORRUPT', drawn])
})

test('bombs are refused by what they would become, before anything of it is decoded', async () => {
  const much = 'Upload a smaller version of it.'
  expect(await faultOf(pngBomb(50_000, 50_000))).toEqual([
    'IMAGE_TOO_LARGE',
    `The image is 50000 × 50000 pixels, which is more than the 268 megapixels that are taken. ${much}`,
  ])
  const frameFault = (count: number) => [
    'IMAGE_TOO_LARGE',
    `The image has ${count} frames or pages, which is more than the 1000 that are taken. Upload a part of it, or a film.`,
  ]
  expect(await faultOf(gifBomb(10_000))).toEqual(frameFault(10_000))
  expect(await faultOf(tiffBomb(5_000))).toEqual(frameFault(5_000))
  const laughs = `<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">${Array.from('bcdefghij', (name, at) => `<!ENTITY ${name} "${`&${'abcdefghi'[at] ?? ''};`.repeat(10)}">`).join('')}]>
    <svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>&j;</text></svg>`
  expect((await faultOf(laughs, SVG))?.[0]).toBe('IMAGE_CORRUPT')
})

test('work that takes more memory than it may is given up with a sentence, whatever it is busy with', async () => {
  const error: unknown = await withinMemory(() => new Promise<never>(() => {}), 1).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(InputFault)
  expect(error).toMatchObject({
    code: 'IMAGE_TOO_LARGE',
    message: expect.stringMatching(/more than 1024 MiB of memory/),
  })
  expect(await withinMemory(() => Promise.resolve('done'))).toBe('done')
})
