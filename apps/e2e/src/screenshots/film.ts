import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mediaFolder, tone } from '../../../../packages/business/test/processors/media.ts'

const SECONDS = 16
const FRAME_RATE = 24

/** A camera that moves slowly over a still picture (a JPEG), as MP4 of 1080p with a tone. */
export async function filmOf(still: Buffer): Promise<Buffer> {
  const dir = await mkdtemp(join(tmpdir(), 'bellhop-still-'))
  try {
    const path = join(dir, 'still.jpg')
    await writeFile(path, still)
    const frames = SECONDS * FRAME_RATE
    const move = `zoompan=z='1.15+0.35*on/${frames}':x='(iw-iw/zoom)*on/${frames}':y='(ih-ih/zoom)*0.6':d=${frames}:s=1920x1080:fps=${FRAME_RATE}`
    await using made = await mediaFolder({
      'film.mp4': {
        tracks: [
          {
            graph: `movie=${path},${move},format=yuv420p`,
            encoder: 'libx264',
            options: { preset: 'veryfast', crf: '20' },
          },
          tone(SECONDS),
        ],
      },
    })
    return await made.bytes('film.mp4')
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
