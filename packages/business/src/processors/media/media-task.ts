import type { EncodeTask } from './encode-stretch.ts'
import type { JoinTask } from './join-stretches.ts'
import type { ProbeTask } from './probe-media.ts'

export type MediaWork =
  | ({ readonly type: 'probe' } & ProbeTask)
  | ({ readonly type: 'encode'; readonly seconds: number } & EncodeTask)
  | ({ readonly type: 'join' } & JoinTask)

export type MediaTask = MediaWork & { readonly workerPid: number }
