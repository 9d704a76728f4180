import { BellhopError } from '@bellhop/client'
import type { UploadHandle, UploadSnapshot } from '@bellhop/client'
import { expect, test } from 'vitest'
import { foremost } from '../src/uploads/transfer.ts'
import { Transfers } from '../src/uploads/transfers.ts'
import { uploadTotals } from '../src/uploads/upload-totals.ts'

const LEFT = { uploadId: 'up_1', name: 'race.mov', sizeBytes: 5 } as const

/** An engine whose uploads do what they are told; it keeps what it was asked to do. */
class Engine {
  readonly asked: string[] = []
  readonly carried: {
    set(part: Partial<UploadSnapshot>): void
    end(status: 'DONE' | 'FAILED', code?: string): void
  }[] = []

  startUpload = (input: unknown) => this.#carry(`start ${(input as File).name}`, null, (input as File).name)
  startResume = (uploadId: string, input?: unknown, options?: { readonly name?: string }) =>
    this.#carry(
      `resume ${uploadId} ${input === undefined ? 'by itself' : 'with a file'}`,
      uploadId,
      options?.name ?? '',
    )
  unfinished = async () => []
  abort = async (uploadId: string) => void this.asked.push(`abort ${uploadId}`)

  #carry(what: string, uploadId: string | null, name: string): UploadHandle {
    this.asked.push(what)
    const listeners = new Set<() => void>()
    const done = Promise.withResolvers<never>()
    done.promise.catch(() => {})
    let state = {
      status: 'WAITING',
      name,
      uploadId,
      fileId: null,
      file: null,
      error: null,
      progress: { phase: 'hashing', sentBytes: 0, totalBytes: 5, bytesPerSecond: 0, etaMs: null, waitingFor: null },
    } as UploadSnapshot
    const set = (part: Partial<UploadSnapshot>) => {
      state = { ...state, ...part }
      for (const listener of listeners) listener()
    }
    this.carried.push({
      set,
      end(status, code) {
        set({ status, error: code === undefined ? null : new BellhopError(code as 'INTERNAL', 'It failed.') })
        if (status === 'DONE') done.resolve({ jobs: [] } as never)
        else done.reject(new Error('It failed.'))
      },
    })
    return {
      id: 'up_handle',
      get state() {
        return state
      },
      subscribe: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      done: done.promise,
      pause: () => set({ status: 'PAUSED' }),
      goOn: () => set({ status: 'SENDING' }),
      cancel: () => {},
    }
  }
}

function file(name: string) {
  return { file: new File(['12345'], name), handle: null }
}

function world() {
  const engine = new Engine()
  const transfers = new Transfers(engine, () => {})
  const told = (check: () => boolean) => expect.poll(check, { timeout: 5_000 }).toBe(true)
  return { engine, transfers, told }
}

test('an upload that refuses a file asks for the file, and goes on as the same upload', async () => {
  const { engine, transfers, told } = world()
  transfers.resume(LEFT, file('other.mov'))
  engine.carried[0]?.end('FAILED', 'SOURCE_CHANGED')
  await told(() => transfers.snapshot()[0]?.state.status === 'FAILED')
  expect(transfers.snapshot()).toMatchObject([{ name: 'race.mov', uploadId: 'up_1', remedy: 'pick' }])
  transfers.retry(transfers.snapshot()[0]?.key ?? '', file('race.mov'))
  expect(engine.asked).toEqual(['resume up_1 with a file', 'resume up_1 with a file'])
})

test('a new upload that its workspace refused is started anew when it is tried again', async () => {
  const { engine, transfers, told } = world()
  transfers.add([file('a.txt')])
  engine.carried[0]?.end('FAILED', 'QUOTA_EXCEEDED')
  await told(() => transfers.snapshot()[0]?.state.status === 'FAILED')
  expect(transfers.snapshot()).toMatchObject([{ remedy: 'retry' }])
  transfers.retry(transfers.snapshot()[0]?.key ?? '')
  expect(engine.asked).toEqual(['start a.txt', 'start a.txt'])
})

test('what has ended or was discarded is over, and what has failed is not', async () => {
  const { engine, transfers } = world()
  transfers.resume(LEFT, null)
  transfers.resume({ ...LEFT, uploadId: 'up_2' }, null)
  engine.carried[0]?.end('DONE')
  engine.carried[1]?.end('FAILED', 'NETWORK')
  await transfers.discard('up_3')
  expect((['up_1', 'up_2', 'up_3'] as const).map((id) => transfers.isOver(id))).toEqual([true, false, true])
  expect(engine.asked).toEqual(['resume up_1 by itself', 'resume up_2 by itself', 'abort up_3'])
})

test('a pause holds what may be paused, and counts as unsent', async () => {
  const { engine, transfers, told } = world()
  transfers.add([file('a'), file('b'), file('c')])
  engine.carried[0]?.set({ status: 'VERIFYING' })
  engine.carried[1]?.set({ status: 'SENDING' })
  await told(() => transfers.snapshot()[1]?.state.status === 'SENDING')
  transfers.pause(transfers.snapshot().map(({ key }) => key))
  await told(() => transfers.snapshot()[1]?.state.status === 'PAUSED')
  expect(transfers.snapshot().map(({ state }) => state.status)).toEqual(['VERIFYING', 'PAUSED', 'PAUSED'])
  expect(uploadTotals(transfers.snapshot())).toMatchObject({ unsent: 3, paused: 2, totalBytes: 15 })
})

test('the rows that are drawn begin with failures, then what moves, and end with what is done', async () => {
  const { engine, transfers, told } = world()
  transfers.add(['waits', 'done', 'moves', 'failed', 'paused'].map(file))
  engine.carried[1]?.end('DONE')
  engine.carried[2]?.set({ status: 'SENDING' })
  engine.carried[3]?.end('FAILED', 'NETWORK')
  engine.carried[4]?.set({ status: 'PAUSED' })
  await told(() => transfers.snapshot()[4]?.state.status === 'PAUSED')
  expect(foremost(transfers.snapshot(), 4).map(({ name }) => name)).toEqual(['failed', 'moves', 'paused', 'waits'])
})
