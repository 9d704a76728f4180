import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { EncoderSettings } from '../../src/processors/media/encoded-track.ts'
import type { Material, MaterialTrack } from './make-media.ts'

const X264 = { encoder: 'libx264', options: { preset: 'ultrafast', crf: '18' } }
const AAC = { encoder: 'aac', options: { b: '64000' } }

/** A picture that moves. `filters` follow the source, each behind its comma. */
export function picture(size: string, frameRate: number, seconds: number, filters = ',format=yuv420p'): MaterialTrack {
  return { graph: `testsrc2=s=${size}:r=${frameRate}:d=${seconds}${filters}`, ...X264 }
}

interface ToneOptions extends Partial<EncoderSettings> {
  readonly hertz?: number
  readonly sampleFormat?: string
  readonly layout?: 'mono' | 'stereo'
  /** Of one frame, as the encoder takes it. */
  readonly samples?: number
  /** Behind the source, each behind its comma. */
  readonly filters?: string
}

export function tone(seconds: number, options: ToneOptions = {}): MaterialTrack {
  const { hertz = 440, sampleFormat = 'fltp', layout = 'stereo', samples = 1_024, filters = '', ...settings } = options
  const format = `aformat=sample_fmts=${sampleFormat}:channel_layouts=${layout},asetnsamples=n=${samples}:p=0`
  return { graph: `sine=f=${hertz}:r=48000:d=${seconds},${format}${filters}`, ...AAC, ...settings }
}

export const PCM = { sampleFormat: 's16', encoder: 'pcm_s16le', options: {} }

export interface MediaFolder extends AsyncDisposable {
  path(name: string): string
  bytes(name: string): Promise<Buffer>
}

/** Real media, made by the engine in a process of its own. */
export async function mediaFolder(
  materials: Readonly<Record<string, Omit<Material, 'path' | 'format'> & { readonly format?: string }>>,
): Promise<MediaFolder> {
  const root = await mkdtemp(join(tmpdir(), 'bellhop-media-'))
  const path = (name: string) => join(root, name)
  const maker = fork(fileURLToPath(new URL('make-media.ts', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(maker, 'exit')
  try {
    maker.send(
      Object.entries(materials).map(([name, material]) => ({
        format: name.split('.').at(-1),
        ...material,
        path: path(name),
      })),
    )
    const [word] = (await Promise.race([once(maker, 'message'), ended])) as unknown[]
    if (word !== 'made') throw new Error('The material could not be made.')
  } finally {
    maker.kill('SIGKILL')
    await ended
  }
  return {
    path,
    bytes: (name) => readFile(path(name)),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}
