import type { VariantFormat, VariantQuality } from '@bellhop/model'
import type { Sharp } from 'sharp'
import type { Rights } from './rights.ts'

/** WebP, JPEG: of 100. AVIF: of 100, where 50 looks as 80 does in WebP. PNG and GIF: colours, 256 at most. */
const QUALITY: Readonly<Record<VariantQuality, Readonly<Record<VariantFormat, number>>>> = {
  small: { webp: 65, jpeg: 68, avif: 38, png: 64, gif: 64 },
  balanced: { webp: 80, jpeg: 82, avif: 50, png: 256, gif: 256 },
  fine: { webp: 90, jpeg: 92, avif: 65, png: 256, gif: 256 },
}

export const MEDIA_TYPES: Readonly<Record<VariantFormat, string>> = {
  webp: 'image/webp',
  avif: 'image/avif',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
}

/** JPEG knows no transparency: there it is white. */
export function encoded(image: Sharp, format: VariantFormat, quality: VariantQuality): Sharp {
  const value = QUALITY[quality][format]
  switch (format) {
    case 'webp':
      return image.webp({ quality: value })
    case 'avif':
      return image.avif({ quality: value, effort: 3 })
    case 'jpeg':
      return image.flatten({ background: '#fff' }).jpeg({ quality: value, progressive: true })
    case 'png':
      return value < 256 ? image.png({ palette: true, colours: value }) : image.png()
    case 'gif':
      return image.gif({ colours: value })
  }
}

/** As XMP, for EXIF knows no letters but those of English. GIF has no place for it. */
export function withRights(image: Sharp, { artist, copyright }: Rights): Sharp {
  if (artist === undefined && copyright === undefined) return image
  const creator =
    artist === undefined ? '' : `<dc:creator><rdf:Seq><rdf:li>${escaped(artist)}</rdf:li></rdf:Seq></dc:creator>`
  const rights =
    copyright === undefined
      ? ''
      : `<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">${escaped(copyright)}</rdf:li></rdf:Alt></dc:rights>`
  return image.withXmp(
    '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">' +
      '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
      `<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">${creator}${rights}</rdf:Description>` +
      '</rdf:RDF></x:xmpmeta><?xpacket end="r"?>',
  )
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** Control characters have no place in XML at all. */
function escaped(text: string): string {
  return text.replaceAll(/[&<>]/g, (found) => ENTITIES[found] ?? '').replaceAll(/\p{Cc}/gu, ' ')
}
