import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { Bellhop, UploadedFile } from '@bellhop/client'
import { encodeCp949 } from './cp949.ts'
import { filmOf } from './film.ts'
import { LANDSCAPES, drawLandscape } from './landscapes.ts'
import { CLICKS_HEADER, bikeRides, clicks, coffeeSales, seoulAir, supportTickets } from './tables.ts'

const PDF =
  '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n'
const CLICK_BLOCKS = 48
const CLICKS_PER_BLOCK = 100_000

/** What a small team might have uploaded: pictures, a film, tables, a document, an archive. All jobs have ended. */
export async function seedLibrary(bellhop: Bellhop): Promise<{ rides: UploadedFile; film: UploadedFile }> {
  const put = (name: string, content: string | Buffer, tags: string[], mediaType?: string) =>
    bellhop.files.upload(new Blob([content as BlobPart]), { name, tags, ...(mediaType ? { mediaType } : {}) })
  const files: UploadedFile[] = []
  const pictures = await Promise.all(LANDSCAPES.map((landscape, index) => drawLandscape(landscape, 40 + index)))
  const showPicture = async (index: number) => {
    const landscape = LANDSCAPES[index]
    const content = pictures[index]
    if (!landscape || !content) throw new Error(`There is no picture ${index}.`)
    files.push(await put(landscape.name, content, [...landscape.tags], 'image/jpeg'))
  }

  // Later ones stand first in the library.
  files.push(await put('brand-guidelines.pdf', PDF, ['design'], 'application/pdf'))
  await showPicture(1)
  files.push(await put('support-tickets.ndjson', supportTickets(4_200), ['support'], 'application/x-ndjson'))
  await showPicture(3)
  files.push(await put('site-backup.tar.gz', gzipSync(randomBytes(3_400_000)), [], 'application/gzip'))
  files.push(await put('서울_대기질_2026.csv', encodeCp949(seoulAir(32_000)), ['open-data'], 'text/csv'))
  await showPicture(2)
  files.push(await put('coffee-sales-2026.csv', coffeeSales(58_000), ['sales'], 'text/csv'))
  await showPicture(4)
  const [still] = pictures
  if (!still) throw new Error('There is no picture to film.')
  const film = await put('valley-flight.mp4', await filmOf(still), ['travel'], 'video/mp4')
  files.push(film)
  const rides = await put('bike-rides-2026.csv', bikeRides(120_000), ['mobility', 'open-data'], 'text/csv')
  files.push(rides)
  await showPicture(0)
  const encoding = await bellhop.jobs.submit('video.encode', { fileId: film.id, renditions: ['720p', '240p'] })
  await Promise.all([encoding, ...files.flatMap(({ jobs }) => jobs)].map(({ id }) => bellhop.jobs.wait(id)))
  return { rides, film }
}

/** A table that takes a while, and a picture that is none: one job runs, one has failed. */
export async function seedWork(bellhop: Bellhop): Promise<{ running: UploadedFile }> {
  const torn = Buffer.concat([Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'), randomBytes(400_000)])
  const scan = await bellhop.files.upload(new Blob([torn]), { name: 'scan-0231.jpg', mediaType: 'image/jpeg' })
  await Promise.all(scan.jobs.map((job) => bellhop.jobs.wait(job).catch(() => {})))
  const blocks = Array.from({ length: CLICK_BLOCKS }, (_, index) => clicks(index * CLICKS_PER_BLOCK, CLICKS_PER_BLOCK))
  const running = await bellhop.files.upload(new Blob([CLICKS_HEADER, ...blocks]), {
    name: 'clickstream-2026-q3.csv',
    mediaType: 'text/csv',
    tags: ['web'],
  })
  return { running }
}
