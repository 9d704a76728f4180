import { WAVEFORM_PEAKS } from './bounds.ts'
import { DecodedTrack } from './decoded-track.ts'
import type { Source } from './source.ts'

export interface Waveform {
  readonly secondsPerPeak: number
  readonly peaks: readonly number[]
}

/** Enough to see how loud it is. */
const SAMPLE_RATE = 8_000
const FIRST_PEAK_SAMPLES = 80

/** The loudest sample of each stretch. Reads all of the sound. */
export async function waveformOf(source: Source, onSeconds: (done: number) => void): Promise<Waveform | null> {
  const { audio } = source
  if (!audio) return null
  const filters = `aresample=${SAMPLE_RATE},aformat=sample_fmts=s16:channel_layouts=mono`
  using track = new DecodedTrack(audio, { filters, threads: 1 })
  const peaks = new Peaks()
  const take = (frames: Iterable<{ readonly data: Buffer[] | null; readonly nbSamples: number }>) => {
    for (const { data, nbSamples } of frames) peaks.add(data?.[0], nbSamples)
  }
  for await (const packet of source.packets([audio])) {
    take(track.frames(packet))
    onSeconds(peaks.samples / SAMPLE_RATE)
  }
  take(track.rest())
  return peaks.told
}

class Peaks {
  #peaks: number[] = []
  #perPeak = FIRST_PEAK_SAMPLES
  samples = 0

  add(data: Buffer | undefined, count: number): void {
    if (!data) return
    for (let index = 0; index < count; index++) {
      const at = Math.floor(this.samples / this.#perPeak)
      this.#peaks[at] = Math.max(this.#peaks[at] ?? 0, Math.abs(data.readInt16LE(index * 2)))
      this.samples += 1
      if (this.#peaks.length > WAVEFORM_PEAKS) this.#halve()
    }
  }

  get told(): Waveform | null {
    if (this.samples === 0) return null
    const peaks = this.#peaks.map((peak) => Math.min(1, Math.round((peak / 32_768) * 1_000) / 1_000))
    return { secondsPerPeak: this.#perPeak / SAMPLE_RATE, peaks }
  }

  /** How long the sound is shows only at its end: until then each stretch is as long as it must be. */
  #halve(): void {
    const halved: number[] = []
    for (let at = 0; at < this.#peaks.length; at += 2) {
      halved.push(Math.max(this.#peaks[at] ?? 0, this.#peaks[at + 1] ?? 0))
    }
    this.#peaks = halved
    this.#perPeak *= 2
  }
}
