import { encodeFrom } from './encode-stretch.ts'
import type { EncodedStretch } from './encode-stretch.ts'
import type { PicturePlan, SoundPlan } from './encoding.ts'
import { joinStretches } from './join-stretches.ts'
import type { Joined } from './join-stretches.ts'
import { mediaEmpty } from './media-error.ts'
import { factsOf } from './probe-media.ts'
import type { MediaFacts } from './probe-media.ts'
import { encodedPath, renditionFiles } from './rendition-files.ts'
import type { RenditionWish } from './rendition-files.ts'
import { picturePlan, soundPlan, stretchesOf } from './rendition-plan.ts'
import { openSource } from './source.ts'

export interface RenditionTask extends RenditionWish {
  readonly address: string
  /** Where its files go. */
  readonly folder: string
}

export interface Rendered {
  /** Null: nothing was left to encode. */
  readonly encoded: EncodedStretch | null
  readonly joined: Joined
}

export interface PlannedRendition {
  readonly facts: MediaFacts
  readonly picture: PicturePlan | null
  readonly sound: SoundPlan | null
  /** Null: the video is long, and other jobs are to encode it in stretches. */
  readonly rendered: Rendered | null
}

/** Plans a rendition and, unless the video is long, makes it: the source is opened once. */
export async function makeRendition(
  { address, folder, ...wish }: RenditionTask,
  onSeconds: (done: number, total: number) => void,
  onJoining: () => void,
): Promise<PlannedRendition> {
  using source = openSource(address)
  const facts = factsOf(source)
  const picture = picturePlan(facts, wish)
  const sound = soundPlan(facts, wish)
  if (!picture && !sound) throw mediaEmpty()
  if (picture && stretchesOf(facts).length > 1) return { facts, picture, sound, rendered: null }
  const path = encodedPath(folder)
  const whole = { path, picture, sound, fromSeconds: 0, toSeconds: null }
  const encoded = await encodeFrom(source, whole, onSeconds)
  onJoining()
  const files = renditionFiles(wish, folder, picture !== null)
  const joined = await joinStretches({ pictures: picture ? [path] : [], sound: sound && path, ...files })
  return { facts, picture, sound, rendered: { encoded, joined } }
}
