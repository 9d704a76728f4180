import type { FileHandle } from 'node:fs/promises'
import { open, rename, rm } from 'node:fs/promises'
import { BellhopError } from '../../bellhop-error.ts'
import type { DownloadSink, DownloadTarget, NodeWritable } from '../../download/sink.ts'
import { webSink } from '../../download/sink.ts'

export async function openSink(target: DownloadTarget): Promise<DownloadSink> {
  if (typeof target === 'string') return fileSink(target)
  return target instanceof WritableStream ? webSink(target) : nodeSink(target)
}

/** Writes aside and renames, so that the path holds either what it held before or the whole download. */
async function fileSink(path: string): Promise<DownloadSink> {
  const aside = `${path}.part`
  const file: FileHandle = await open(aside, 'w').catch((cause: unknown) => {
    throw unwritable(path, cause)
  })
  let position = 0
  return {
    async write(chunk) {
      for (let at = 0; at < chunk.length;) {
        const { bytesWritten } = await file.write(chunk, at, chunk.length - at, position).catch((cause: unknown) => {
          throw unwritable(path, cause)
        })
        at += bytesWritten
        position += bytesWritten
      }
    },
    async restart() {
      await file.truncate(0)
      position = 0
      return true
    },
    async finish() {
      await file.sync()
      await file.close()
      await rename(aside, path).catch((cause: unknown) => {
        throw unwritable(path, cause)
      })
    },
    async discard() {
      await file.close().catch(() => {})
      await rm(aside, { force: true })
    },
  }
}

function nodeSink(stream: NodeWritable): DownloadSink {
  return {
    write: (chunk) =>
      new Promise((resolve, reject) => {
        stream.write(chunk, (error) => (error ? reject(error) : resolve()))
      }),
    restart: () => Promise.resolve(false),
    finish: () => new Promise((resolve) => stream.end(resolve)),
    discard: () => Promise.resolve(),
  }
}

function unwritable(path: string, cause: unknown): BellhopError {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
  return new BellhopError('TARGET_UNWRITABLE', `${path} cannot be written (${reason}).`, { cause })
}
