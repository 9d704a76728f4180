import type { EncodeTask } from './encode-stretch.ts'
import type { JoinTask } from './join-stretches.ts'
import type { RenditionTask } from './make-rendition.ts'
import type { ProbeTask } from './probe-media.ts'

export type MediaWork =
  | ({ readonly type: 'probe' } & ProbeTask)
  /** Subtitles, into files of this folder. */
  | { readonly type: 'captions'; readonly address: string; readonly folder: string }
  | ({ readonly type: 'encode' } & EncodeTask)
  | ({ readonly type: 'rendition' } & RenditionTask)
  /** What is encoded, then joined with what there is already. */
  | { readonly type: 'render'; readonly encode: EncodeTask | null; readonly join: JoinTask }

export type MediaTask = MediaWork & { readonly workerPid: number; readonly maxBytes: number }
