import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Measured } from './measure-media.ts'

const [WIDTH, HEIGHT, BLOCK] = [160, 96, 8]

export interface Comparison extends Omit<Measured, 'luma' | 'times'> {
  readonly sourceFrameCount: number
  /** How far the time of a frame is from that of the same frame of the source, at most. */
  readonly shiftSeconds: number
  /** The mean of all of it, in relation to that of the source. */
  readonly brightness: number
  /** The structural similarity of their frames, one by one, from 0 to 1: the mean over blocks of 8 × 8. */
  readonly ssim: number
}

export interface Comparer extends AsyncDisposable {
  /** Decodes both and compares them; of the frames each `every`th by its look. */
  compare(source: string, encoded: string, options?: { every?: number }): Promise<Comparison>
}

/** In a process of its own, one comparison after the other. */
export function openComparer(): Comparer {
  const child = fork(fileURLToPath(new URL('measure-media.ts', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  return {
    async compare(source, encoded, { every = 1 } = {}) {
      child.send({ paths: [source, encoded], width: WIDTH, height: HEIGHT, every })
      const [measured] = (await Promise.race([once(child, 'message'), ended])) as [[Measured, Measured] | null]
      if (measured === null) throw new Error('What is to be compared could not be decoded.')
      return comparison(...measured)
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

function comparison(before: Measured, { luma, times, ...after }: Measured): Comparison {
  const pairs = luma.flatMap((frame, index) => (before.luma[index] ? [[before.luma[index], frame] as const] : []))
  const shifts = times.map((time, index) => Math.abs(time - (before.times[index] ?? time)))
  return {
    ...after,
    sourceFrameCount: before.frameCount,
    shiftSeconds: shifts.reduce((one, other) => Math.max(one, other), 0),
    brightness: mean(luma.map(mean)) / mean(before.luma.map(mean)),
    ssim: mean(pairs.map(([one, other]) => similarity(one, other))),
  }
}

/** Wang et al., 2004; of the brightness alone. */
function similarity(one: readonly number[], other: readonly number[]): number {
  const blocks: number[] = []
  for (let top = 0; top < HEIGHT; top += BLOCK) {
    for (let left = 0; left < WIDTH; left += BLOCK) {
      const at = Array.from({ length: BLOCK * BLOCK }, (_, index) => {
        return (top + Math.floor(index / BLOCK)) * WIDTH + left + (index % BLOCK)
      })
      blocks.push(
        ofBlock(
          at.map((index) => one[index] ?? 0),
          at.map((index) => other[index] ?? 0),
        ),
      )
    }
  }
  return mean(blocks)
}

function ofBlock(one: readonly number[], other: readonly number[]): number {
  const [meanOne, meanOther] = [mean(one), mean(other)]
  const varianceOne = mean(one.map((value) => (value - meanOne) ** 2))
  const varianceOther = mean(other.map((value) => (value - meanOther) ** 2))
  const covariance = mean(one.map((value, index) => (value - meanOne) * ((other[index] ?? 0) - meanOther)))
  const [c1, c2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2]
  const luminance = (2 * meanOne * meanOther + c1) / (meanOne ** 2 + meanOther ** 2 + c1)
  return luminance * ((2 * covariance + c2) / (varianceOne + varianceOther + c2))
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
