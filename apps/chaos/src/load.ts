import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from '@bellhop/client'
import type { Bellhop, FileId } from '@bellhop/client'
import type { JobId } from '@bellhop/model'
import sharp from 'sharp'

const SUBMIT_EVERY_MS = 300
/** Of so many jobs one makes images, in a child process, and one is cancelled while it waits or runs. */
const IMAGES_OF = 6
const CANCELS_OF = 8
const CANCEL_AFTER_MS = 700
const FILES_BYTES = [64 * 1024, 256 * 1024, 768 * 1024]
const AGAIN_AFTER_MS = 250

export interface Submitted {
  readonly id: JobId
  readonly mayBeCancelled: boolean
}

/** Submits jobs at a steady rate through the balancer, each until it is taken: asked again with the same key, it is one job. */
export class Load implements AsyncDisposable {
  readonly #bellhop: Bellhop
  readonly #files: readonly FileId[]
  readonly #image: FileId

  private constructor(bellhop: Bellhop, files: readonly FileId[], image: FileId) {
    this.#bellhop = bellhop
    this.#files = files
    this.#image = image
  }

  static async prepare(server: { url: string; apiKey: string }): Promise<Load> {
    const bellhop = connect(server)
    const upload = async (bytes: Uint8Array<ArrayBuffer>, name: string) =>
      (await bellhop.files.upload(new Blob([bytes]), { name, startJobs: false })).id
    const files = await Promise.all(FILES_BYTES.map((size, at) => upload(randomBytes(size), `${at}.bin`)))
    const noise = { create: { width: 64, height: 64, channels: 3 as const, background: '#9a6' } }
    const image = await upload(new Uint8Array(await sharp(noise).png().toBuffer()), 'small.png')
    return new Load(bellhop, files, image)
  }

  /** Runs until `signal` fires. `onSubmitted` is told of each job that was taken. */
  async run(onSubmitted: (job: Submitted) => void, signal: AbortSignal): Promise<void> {
    const pending: Promise<void>[] = []
    for (let count = 0; !signal.aborted; count++) {
      pending.push(this.#submit(count, onSubmitted, signal))
      await delay(SUBMIT_EVERY_MS, undefined, { signal }).catch(() => {})
    }
    await Promise.all(pending)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bellhop[Symbol.asyncDispose]()
  }

  async #submit(count: number, onSubmitted: (job: Submitted) => void, signal: AbortSignal): Promise<void> {
    const { jobs } = this.#bellhop
    const isImage = count % IMAGES_OF === IMAGES_OF - 1
    const mayBeCancelled = count % CANCELS_OF === CANCELS_OF - 1
    const idempotencyKey = `chaos ${randomBytes(8).toString('hex')}`
    // The longest is the one to be cancelled.
    const fileId = this.#files.at(mayBeCancelled ? -1 : count % this.#files.length) ?? this.#image
    const ask = async () => {
      const job = isImage
        ? await jobs.submit(
            'image.variants',
            { fileId: this.#image, widths: [16, 32], formats: ['webp'] },
            { idempotencyKey },
          )
        : await jobs.submit('file.verify', { fileId }, { idempotencyKey })
      return job.id
    }
    const id = await untilTaken(ask, signal)
    if (id === undefined) return
    onSubmitted({ id, mayBeCancelled })
    if (!mayBeCancelled) return
    await delay(CANCEL_AFTER_MS)
    // It may have ended by now, or the server may be away: then it is not cancelled.
    await jobs.cancel(id).catch(() => {})
  }
}

/** Undefined when the load was told to stop before an answer came: then nobody was promised anything. */
async function untilTaken(ask: () => Promise<JobId>, signal: AbortSignal): Promise<JobId | undefined> {
  for (;;) {
    const id = await ask().catch(() => undefined)
    if (id !== undefined || signal.aborted) return id
    await delay(AGAIN_AFTER_MS)
  }
}
