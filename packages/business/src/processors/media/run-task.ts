import { join } from 'node:path'
import { AV_LOG_FATAL } from 'node-av/constants'
import { Log } from 'node-av/lib'
import type { ChildReport } from '../child/message.ts'
import { writeCaptions } from './captions.ts'
import type { Caption } from './captions.ts'
import { encodeStretch } from './encode-stretch.ts'
import { joinStretches } from './join-stretches.ts'
import { makeRendition } from './make-rendition.ts'
import type { Rendered } from './make-rendition.ts'
import type { MediaWork } from './media-task.ts'
import { probeMedia } from './probe-media.ts'
import { openSource } from './source.ts'

/** How often the worker hears of it. */
const REPORT_EVERY_MS = 100

/** Imports the engine, which is missing on some machines. */
export function runTask(task: MediaWork, { advance }: ChildReport): Promise<unknown> {
  Log.setLevel(AV_LOG_FATAL)
  let toldAt = 0
  const tell = (stage: string) => (done: number, total: number) => {
    if (performance.now() - toldAt < REPORT_EVERY_MS) return
    toldAt = performance.now()
    advance(stage, done, total)
  }
  if (task.type === 'probe') return probeMedia(task, tell('drawing'))
  if (task.type === 'captions') return captionsOf(task)
  const encoding = tell('encoding')
  if (task.type === 'encode') return encodeStretch(task, encoding)
  const joining = () => advance('joining', undefined, undefined)
  return task.type === 'rendition' ? makeRendition(task, encoding, joining) : render(task, encoding, joining)
}

async function captionsOf({ address, folder }: Extract<MediaWork, { type: 'captions' }>): Promise<Caption[]> {
  using source = openSource(address)
  return await writeCaptions(source, (index) => join(folder, `captions-${index}.vtt`))
}

async function render(
  { encode, join: task }: Extract<MediaWork, { type: 'render' }>,
  encoding: (done: number, total: number) => void,
  joining: () => void,
): Promise<Rendered> {
  const encoded = encode && (await encodeStretch(encode, encoding))
  joining()
  return { encoded, joined: await joinStretches(task) }
}
