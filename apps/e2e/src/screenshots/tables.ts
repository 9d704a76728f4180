import { gaussian, seededRandom } from './random.ts'

const STATIONS = [
  'Harbour',
  'Old Market',
  'University',
  'Central Station',
  'Museum',
  'Riverside',
  'North Park',
  'Airport',
]
const DRINKS = ['Flat white', 'Espresso', 'Cappuccino', 'Filter', 'Cortado', 'Cold brew', 'Matcha latte']
const STORES = ['Lisbon', 'Porto', 'Seoul', 'Turin', 'Osaka']
const DISTRICTS = [
  '종로구',
  '중구',
  '용산구',
  '성동구',
  '광진구',
  '마포구',
  '강서구',
  '구로구',
  '서초구',
  '강남구',
  '송파구',
]
const PLANS = ['free', 'team', 'business']
const PATHS = ['/', '/pricing', '/docs', '/docs/start', '/blog', '/sign-up', '/account', '/search']
const DAY_MS = 86_400_000
const NEW_YEAR_MS = Date.UTC(2026, 0, 1)

export function bikeRides(rows: number): string {
  const random = seededRandom(11)
  return csv(
    ['ride_id', 'started_at', 'from_station', 'distance_km', 'minutes', 'temperature_c', 'member', 'rating'],
    rows,
    (index) => {
      const dayOfYear = 365 * (0.5 + 0.16 * gaussian(random))
      const hour = random() < 0.45 ? 8 + gaussian(random) : 17 + 2 * gaussian(random)
      const distance = Math.min(11 + random(), 0.4 - 1.1 * Math.log((1 - random()) * (1 - random())))
      return [
        String(100_000 + index),
        timeOf(dayOfYear, hour),
        weighted(STATIONS, random),
        distance.toFixed(2),
        Math.max(2, distance * (4.2 + 0.9 * gaussian(random))).toFixed(1),
        (11 - 12 * Math.cos((2 * Math.PI * dayOfYear) / 365) + 3.5 * gaussian(random)).toFixed(1),
        String(random() < 0.72),
        random() < 0.38 ? '' : String(Math.min(5, Math.max(1, Math.round(4.3 + 0.9 * gaussian(random))))),
      ]
    },
  )
}

export function coffeeSales(rows: number): string {
  const random = seededRandom(12)
  return csv(['receipt', 'sold_at', 'store', 'drink', 'cups', 'total_eur'], rows, (index) => {
    const cups = 1 + Math.floor(-Math.log(1 - random()) * 0.8)
    return [
      `R-${index}`,
      timeOf(random() * 320, 9.5 + 3 * gaussian(random)),
      weighted(STORES, random),
      weighted(DRINKS, random),
      String(cups),
      (cups * (3.2 + random() * 1.8)).toFixed(2),
    ]
  })
}

/** Korean, as a spreadsheet of the country writes it; to be encoded in CP949. */
export function seoulAir(rows: number): string {
  const random = seededRandom(13)
  return csv(['측정일시', '구', '미세먼지', '초미세먼지', '오존', '등급'], rows, (index) => {
    const dust = Math.max(4, 42 + 22 * gaussian(random))
    return [
      timeOf(index / 24 / DISTRICTS.length, (index / DISTRICTS.length) % 24),
      DISTRICTS[index % DISTRICTS.length] ?? '',
      dust.toFixed(0),
      Math.max(2, dust * 0.55 + 4 * gaussian(random)).toFixed(0),
      Math.max(0.002, 0.03 + 0.011 * gaussian(random)).toFixed(3),
      dust <= 30 ? '좋음' : dust <= 80 ? '보통' : '나쁨',
    ]
  })
}

export function supportTickets(rows: number): string {
  const random = seededRandom(14)
  const tickets = Array.from({ length: rows }, (_, index) =>
    JSON.stringify({
      id: 4000 + index,
      opened_at: `${timeOf(random() * 320, 13 + 3 * gaussian(random)).replace(' ', 'T')}Z`,
      plan: weighted(PLANS, random),
      hours_to_answer: Number((-Math.log(1 - random()) * 5).toFixed(1)),
      solved: random() < 0.91,
    }),
  )
  return `${tickets.join('\n')}\n`
}

/** Rows from `first` on, without a header: a table too long for one text. */
export function clicks(first: number, rows: number): string {
  const random = seededRandom(1_000 + first)
  return lines(rows, (index) => [
    String(first + index),
    timeOf(random() * 320, 15 + 4 * gaussian(random)),
    `u${Math.floor(random() ** 2 * 90_000)}`,
    weighted(PATHS, random),
    (-Math.log(1 - random()) * 40).toFixed(1),
    String(random() < 0.06),
  ])
}
export const CLICKS_HEADER = 'event_id,at,visitor,path,seconds,converted\n'

function csv(header: readonly string[], rows: number, row: (index: number) => readonly string[]): string {
  return `${header.join(',')}\n${lines(rows, row)}`
}

function lines(rows: number, row: (index: number) => readonly string[]): string {
  let text = ''
  for (let index = 0; index < rows; index += 1) text += `${row(index).join(',')}\n`
  return text
}

function timeOf(dayOfYear: number, hour: number): string {
  const within = Math.min(23.99, Math.max(0, hour)) / 24
  const day = Math.min(325, Math.max(0, Math.floor(dayOfYear)))
  return new Date(NEW_YEAR_MS + (day + within) * DAY_MS).toISOString().slice(0, 19).replace('T', ' ')
}

/** The first are the most frequent. */
function weighted(values: readonly string[], random: () => number): string {
  return values[Math.floor(random() ** 1.7 * values.length)] ?? ''
}
