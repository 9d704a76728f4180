import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { JobOutput, NewOutput, ParsedJobInput } from '@bellhop/model'
import sharp from 'sharp'
import type { ChildReport } from '../child/message.ts'
import { MAX_IMAGE_THREADS } from './bounds.ts'
import { cropTo } from './crop.ts'
import { MEDIA_TYPES, encoded, withRights } from './encode-variant.ts'
import { emptyImage } from './image-error.ts'
import { openSource } from './image-source.ts'
import type { ImageSource } from './image-source.ts'
import { focusOf, impressionOf } from './impression.ts'
import { withinMemory } from './memory-watch.ts'
import { openImage } from './open-image.ts'
import type { OpenImage } from './open-image.ts'
import { planVariants, widestNeeded } from './variant-plan.ts'
import type { VariantPlan } from './variant-plan.ts'

export interface ImageTask {
  readonly path: string
  /** What the file was proved to be when it arrived. */
  readonly mediaType: string
  readonly outDir: string
  readonly policy: Omit<ParsedJobInput<'image.variants'>, 'fileId'>
}

/** What is stored, but for the name, of which only the end is known here. */
type Variant = Omit<NewOutput, 'name' | 'body'> & {
  readonly suffix: string
  readonly body: { readonly path: string }
}

export type MadeVariants = Omit<JobOutput<'image.variants'>, 'files'> & { readonly variants: readonly Variant[] }

/** One pipeline at a time, the cheap ones first. Runs in a child process of its own. */
export function makeVariants(task: ImageTask, report: Pick<ChildReport, 'advance'>): Promise<MadeVariants> {
  sharp.cache(false)
  sharp.concurrency(Math.min(availableParallelism(), MAX_IMAGE_THREADS))
  return withinMemory(() => make(task, report))
}

async function make({ path, mediaType, outDir, policy }: ImageTask, { advance }: Pick<ChildReport, 'advance'>) {
  if ((await stat(path)).size === 0) throw emptyImage()
  advance('decoding')
  const source = await openSource(path, mediaType, outDir)
  const image = await openImage(source, widestNeeded(source, policy, policy.aspectRatio))
  const impression = await impressionOf(image)
  const focalPoint = policy.focalPoint === 'auto' ? await focusOf(image) : policy.focalPoint
  const crop = policy.aspectRatio === undefined ? undefined : cropTo(policy.aspectRatio, source, focalPoint)
  const plans = planVariants(source, policy, crop)
  const work = plans.reduce((sum, plan) => sum + plan.cost, 0)
  const variants: Variant[] = []
  let done = 0
  for (const plan of plans) {
    advance('encoding', done, work)
    variants.push(await encode({ source, image, plan, policy, outDir }))
    done += plan.cost
  }
  const { width, height, format, hasAlpha, frameCount } = source
  return { width, height, format, hasAlpha, frameCount, focalPoint, ...impression, variants }
}

interface Encoding extends Pick<ImageTask, 'policy' | 'outDir'> {
  readonly source: ImageSource
  readonly image: OpenImage
  readonly plan: VariantPlan
}

async function encode({ source, image, plan, policy, outDir }: Encoding): Promise<Variant> {
  const { role, suffix, format } = plan
  const path = join(outDir, `variant${suffix}`)
  const plain = encoded(image.resized(plan), format, policy.quality)
  const file = policy.metadata === 'rights' ? withRights(plain, source.rights) : plain
  const { width, height, pages = 1 } = await image.guard(file.toFile(path))
  return { role, suffix, mediaType: MEDIA_TYPES[format], body: { path }, width, height: height / pages }
}
