import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { JobOutput, NewOutput } from '@bellhop/model'
import sharp from 'sharp'
import type { ChildReport } from '../child/message.ts'
import { MAX_IMAGE_THREADS, THUMBNAIL_SIDE_PX } from './bounds.ts'
import { blurhash } from './blurhash.ts'
import { openImage } from './open-image.ts'
import { emptyImage } from './image-error.ts'
import type { OpenImage } from './open-image.ts'

type Format = 'webp' | 'avif'

export interface ImageTask {
  readonly path: string
  readonly outDir: string
  readonly widths: readonly number[]
  readonly formats: readonly Format[]
}

/** What is stored, but for the name, of which only the end is known here. */
type Variant = Omit<NewOutput, 'name' | 'body'> & {
  readonly suffix: string
  readonly body: { readonly path: string }
}

export type MadeVariants = Omit<JobOutput<'image.variants'>, 'files'> & { readonly variants: readonly Variant[] }

/** One pipeline at a time, the cheap ones first. Runs in a child process of its own. */
export async function makeVariants(task: ImageTask, { advance }: Pick<ChildReport, 'advance'>): Promise<MadeVariants> {
  sharp.cache(false)
  sharp.concurrency(Math.min(availableParallelism(), MAX_IMAGE_THREADS))
  if ((await stat(task.path)).size === 0) throw emptyImage()
  advance('decoding')
  const image = await openImage(task.path, (sourcePx) =>
    Math.max(...fittingWidths(task.widths, sourcePx), THUMBNAIL_SIDE_PX),
  )
  const hash = await blurhash(image)
  const plans = planVariants(image, task)
  const work = plans.reduce((sum, plan) => sum + plan.cost, 0)
  const variants: Variant[] = []
  let done = 0
  for (const plan of plans) {
    advance('encoding', done, work)
    variants.push(await encode(image, plan, task.outDir))
    done += plan.cost
  }
  const { width, height, format, hasAlpha } = image
  return { width, height, format, hasAlpha, blurhash: hash, variants }
}

interface Plan {
  readonly role: 'thumbnail' | 'variant'
  readonly suffix: string
  readonly format: Format
  readonly widthPx: number
  readonly heightPx: number | undefined
  /** Relative to other plans of the same image. */
  readonly cost: number
}

/** AVIF takes about this much longer than WebP for the same pixels (effort 3, two cores). */
const RELATIVE_COST: Readonly<Record<Format, number>> = { webp: 1, avif: 6 }

function planVariants(image: OpenImage, task: ImageTask): Plan[] {
  const thumbnail: Plan = {
    role: 'thumbnail',
    suffix: '-thumbnail.webp',
    format: 'webp',
    widthPx: THUMBNAIL_SIDE_PX,
    heightPx: THUMBNAIL_SIDE_PX,
    cost: THUMBNAIL_SIDE_PX ** 2,
  }
  const widths = fittingWidths(task.widths, image.width)
  const variants = [...new Set(task.formats)].flatMap((format) =>
    widths.map((widthPx): Plan => ({
      role: 'variant',
      suffix: `-${widthPx}.${format}`,
      format,
      widthPx,
      heightPx: undefined,
      cost: widthPx ** 2 * RELATIVE_COST[format],
    })),
  )
  return [thumbnail, ...variants.toSorted((a, b) => a.cost - b.cost)]
}

/** Those not wider than the source; its own width when all are. */
function fittingWidths(widths: readonly number[], sourcePx: number): number[] {
  const fitting = [...new Set(widths)].filter((width) => width <= sourcePx)
  return fitting.length > 0 ? fitting : [sourcePx]
}

async function encode(image: OpenImage, plan: Plan, outDir: string): Promise<Variant> {
  const path = join(outDir, `variant${plan.suffix}`)
  const resized = image.resized(plan.widthPx, plan.heightPx)
  const encoded = plan.format === 'webp' ? resized.webp({ quality: 80 }) : resized.avif({ quality: 50, effort: 3 })
  const { width, height } = await image.guard(encoded.toFile(path))
  return { role: plan.role, suffix: plan.suffix, mediaType: `image/${plan.format}`, body: { path }, width, height }
}
