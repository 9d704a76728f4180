import sharp from 'sharp'
import { seededRandom } from './random.ts'

interface Landscape {
  readonly name: string
  readonly tags: readonly string[]
  /** From the zenith to the horizon. */
  readonly sky: readonly string[]
  readonly sun: { readonly x: number; readonly y: number; readonly radius: number; readonly color: string }
  /** From the farthest ridge to the nearest. */
  readonly ridges: readonly string[]
  /** Of a ridge: 0 is dunes, 1 is peaks. */
  readonly roughness: number
  readonly ornament: 'water' | 'stars' | 'trees' | 'none'
}

export const LANDSCAPES: readonly Landscape[] = [
  {
    name: 'fjord-at-dawn.jpg',
    tags: ['travel', 'norway'],
    sky: ['#27406b', '#7d86b2', '#f0b7a4', '#fde3c0'],
    sun: { x: 0.68, y: 0.5, radius: 60, color: '#fff3d6' },
    ridges: ['#a49ab8', '#716f9b', '#46507e', '#28375c'],
    roughness: 0.9,
    ornament: 'water',
  },
  {
    name: 'dunes-before-noon.jpg',
    tags: ['travel'],
    sky: ['#3f8fbf', '#8cc4dc', '#e9eed9'],
    sun: { x: 0.25, y: 0.2, radius: 70, color: '#fffbe8' },
    ridges: ['#e8c58f', '#dba463', '#c17f41', '#92552c'],
    roughness: 0.12,
    ornament: 'none',
  },
  {
    name: 'northern-night.jpg',
    tags: ['travel', 'norway'],
    sky: ['#071226', '#0f2d4a', '#1d5a66', '#3f9c86'],
    sun: { x: 0.78, y: 0.18, radius: 42, color: '#f4f1de' },
    ridges: ['#17384a', '#0f2637', '#081723'],
    roughness: 0.75,
    ornament: 'stars',
  },
  {
    name: 'pine-ridge-in-mist.jpg',
    tags: ['forest'],
    sky: ['#b9cfd0', '#d6e2da', '#f1efe0'],
    sun: { x: 0.5, y: 0.3, radius: 50, color: '#fffdf2' },
    ridges: ['#a9c0b8', '#7ea198', '#4f7a70', '#2a534c', '#163530'],
    roughness: 0.55,
    ornament: 'trees',
  },
  {
    name: 'lake-of-evening-fire.jpg',
    tags: ['travel'],
    sky: ['#3a2255', '#8b3a62', '#e46a4e', '#fbbf6a'],
    sun: { x: 0.36, y: 0.52, radius: 85, color: '#ffe3a3' },
    ridges: ['#a24a5e', '#6e3155', '#3d1f45'],
    roughness: 0.6,
    ornament: 'water',
  },
]

const WIDTH = 2400
const HEIGHT = 1600
const HORIZON = 0.6

/** A calm picture made of layers of hills. */
export function drawLandscape(landscape: Landscape, seed: number): Promise<Buffer> {
  const random = seededRandom(seed)
  const { sky, sun, ridges, ornament } = landscape
  const stops = sky.map((color, index) => `<stop offset="${index / (sky.length - 1)}" stop-color="${color}"/>`)
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
    <defs>
      <linearGradient id="sky" x1="0" y1="0" x2="0" y2="${HORIZON + 0.05}">${stops.join('')}</linearGradient>
      <radialGradient id="glow"><stop offset="0" stop-color="${sun.color}" stop-opacity=".75"/><stop offset="1" stop-color="${sun.color}" stop-opacity="0"/></radialGradient>
      <linearGradient id="mist" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#fff" stop-opacity=".28"/></linearGradient>
      <linearGradient id="water" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${sky.at(-1)}"/><stop offset="1" stop-color="${sky[0]}"/></linearGradient>
    </defs>
    <rect width="100%" height="100%" fill="url(#sky)"/>
    ${ornament === 'stars' ? stars(random) : ''}
    <circle cx="${sun.x * WIDTH}" cy="${sun.y * HEIGHT}" r="${sun.radius * 7}" fill="url(#glow)"/>
    <circle cx="${sun.x * WIDTH}" cy="${sun.y * HEIGHT}" r="${sun.radius}" fill="${sun.color}"/>
    ${ridges.map((color, index) => ridge(landscape, color, index, random)).join('')}
    ${ornament === 'water' ? water(landscape, random) : ''}
  </svg>`
  return sharp(Buffer.from(svg)).jpeg({ quality: 88 }).toBuffer()
}

function ridge(landscape: Landscape, color: string, index: number, random: () => number): string {
  const { ridges, roughness, ornament } = landscape
  const depth = (index + 1) / ridges.length
  const bottom = ornament === 'water' ? HORIZON + 0.14 : 1
  const base = HORIZON - 0.08 + depth * (bottom - HORIZON) * 0.75
  const waves = Array.from({ length: 7 }, (_, octave) => ({
    frequency: (1.3 + random()) * 1.9 ** octave,
    phase: random() * 2 * Math.PI,
    height: (octave === 0 ? 0.07 : 0.07 * roughness) / 1.75 ** octave,
  }))
  const points: string[] = []
  for (let x = 0; x <= WIDTH; x += 6) {
    const along = x / WIDTH
    const rise = waves.reduce((sum, { frequency, phase, height }) => {
      const wave = Math.sin(along * 2 * Math.PI * frequency + phase)
      // Peaks are pointed, dunes are round.
      return sum + height * (wave * (1 - roughness) + (1 - 2 * Math.abs(wave)) * roughness)
    }, 0)
    const tree = ornament === 'trees' && index > 1 ? ((x / 6) % 4 === 0 ? 0.012 + random() * 0.022 : 0) : 0
    points.push(`${x},${((base - rise - tree * depth) * HEIGHT).toFixed(1)}`)
  }
  const shape = `0,${bottom * HEIGHT} ${points.join(' ')} ${WIDTH},${bottom * HEIGHT}`
  const mist = index < ridges.length - 1 ? `<polygon points="${shape}" fill="url(#mist)"/>` : ''
  return `<polygon points="${shape}" fill="${color}"/>${mist}`
}

function water({ sun }: Landscape, random: () => number): string {
  const top = (HORIZON + 0.14) * HEIGHT
  const glints = Array.from({ length: 90 }, () => {
    const down = random() ** 1.4
    const wide = 30 + down * 190
    const x = sun.x * WIDTH + (random() - 0.5) * (120 + down * 420) - wide / 2
    const y = top + 8 + down * (HEIGHT - top)
    return `<rect x="${x.toFixed(0)}" y="${y.toFixed(0)}" width="${wide.toFixed(0)}" height="${(2 + down * 6).toFixed(1)}" rx="3" fill="${sun.color}" opacity="${(0.5 - down * 0.35).toFixed(2)}"/>`
  })
  return `<rect y="${top}" width="100%" height="${HEIGHT - top}" fill="url(#water)"/>${glints.join('')}`
}

function stars(random: () => number): string {
  return Array.from({ length: 260 }, () => {
    const [x, y, size] = [random() * WIDTH, random() ** 1.5 * HEIGHT * 0.55, 0.8 + random() * 2.2]
    return `<circle cx="${x.toFixed(0)}" cy="${y.toFixed(0)}" r="${size.toFixed(1)}" fill="#fff" opacity="${(0.3 + random() * 0.7).toFixed(2)}"/>`
  }).join('')
}
