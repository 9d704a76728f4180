import type { EncoderSettings } from '../../src/processors/media/encoded-track.ts'
/** One file that the engine makes for a test. */
export interface Material {
  readonly path: string
  readonly format: string
  readonly tracks: readonly MaterialTrack[]
  /** Degrees clockwise that a player is to turn the picture by. */
  readonly rotation?: 90 | 180 | 270
  /** SubRip, in a track of its own; times in seconds. */
  readonly captions?: readonly {
    readonly from: number
    readonly to: number
    readonly text: string
  }[]
}
export interface MaterialTrack extends EncoderSettings {
  /** A chain that begins with a source: `testsrc2=…`, `sine=…`. */
  readonly graph: string
}
