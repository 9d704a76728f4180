import type { EncoderSettings } from '../../src/processors/media/encoded-track.ts'
import type { Material, MaterialTrack } from './make-media.ts'
/** A picture that moves. `filters` follow the source, each behind its comma. */
export declare function picture(size: string, frameRate: number, seconds: number, filters?: string): MaterialTrack
interface ToneOptions extends Partial<EncoderSettings> {
  readonly hertz?: number
  readonly sampleFormat?: string
  readonly layout?: 'mono' | 'stereo'
  /** Of one frame, as the encoder takes it. */
  readonly samples?: number
  /** Behind the source, each behind its comma. */
  readonly filters?: string
}
export declare function tone(seconds: number, options?: ToneOptions): MaterialTrack
export declare const PCM: {
  sampleFormat: string
  encoder: string
  options: {}
}
export interface MediaFolder extends AsyncDisposable {
  path(name: string): string
  bytes(name: string): Promise<Buffer>
}
/** Real media, made by the engine in a process of its own. */
export declare function mediaFolder(
  materials: Readonly<
    Record<
      string,
      Omit<Material, 'path' | 'format'> & {
        readonly format?: string
      }
    >
  >,
): Promise<MediaFolder>
export {}
