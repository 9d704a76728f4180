import { connect } from '@bellhop/client'
import { GIB, KIB, MIB } from '@bellhop/model'
import type { Measurement } from '../rounds.ts'
import { measurementOf, runRounds } from '../rounds.ts'
import type { Contender, Sent } from './contender.ts'
import { clientOf, remove, untilEmpty } from './store.ts'
import type { World } from './world.ts'

const OBJECT_KEY = 'bench/bytes.bin'
/** Contenders that ask Bellhop for each key; the others know the store only. */
const THROUGH_BELLHOP = ['sdk', 'page', 'sdk_in_browser']

export interface Measure {
  readonly world: World
  readonly contenders: Readonly<Record<string, Contender>>
  readonly path: string
  readonly sizeBytes: number
  readonly rounds: number
  readonly warmUp: boolean
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

export interface Measured {
  /** MiB/s. */
  readonly rates: readonly Measurement[]
  /** MiB, the most that all processes of the client held at once. */
  readonly memory: readonly Measurement[]
  /** KiB through the API server for each GiB of the file. */
  readonly serverBytes: readonly Measurement[]
}

/** Sends one file by each contender in turn, and removes from the store what they left there before the next one begins. */
export async function measureUploads(options: Measure): Promise<Measured> {
  const { world, contenders, path, sizeBytes, rounds, warmUp, signal, say } = options
  const { url, apiKey, store } = world
  await using bellhop = connect({ url, apiKey })
  const client = clientOf(store)
  const seen = new Map<string, { sent: Sent; serverBytes: number }[]>()
  const send = async (name: string, contender: Contender) => {
    let before = 0
    const onReady = async () => {
      before = await world.serverBytes()
    }
    const sent = await contender.send({ path, sizeBytes, objectKey: OBJECT_KEY, onReady, signal })
    const serverBytes = (await world.serverBytes()) - before
    if (sent.fileId === undefined) await remove(client, store.bucket, OBJECT_KEY)
    else await bellhop.files.delete(sent.fileId)
    await untilEmpty(client, store.bucket, signal)
    seen.set(name, [...(seen.get(name) ?? []), { sent, serverBytes }])
    return sizeBytes / MIB / sent.seconds
  }
  try {
    if (warmUp) {
      say('Not counted: one round to warm up.')
      for (const [name, contender] of Object.entries(contenders)) await send(name, contender)
      seen.clear()
    }
    const rates = await runRounds({
      unit: 'MiB/s',
      count: rounds,
      contenders: Object.fromEntries(
        Object.entries(contenders).map(([name, contender]) => [name, () => send(name, contender)]),
      ),
      signal,
      say,
    })
    const memory = Array.from(seen, ([name, all]) =>
      measurementOf(
        name,
        'MiB',
        all.map(({ sent }) => sent.peakBytes / MIB),
      ),
    )
    const serverBytes = Array.from(seen)
      .filter(([name]) => THROUGH_BELLHOP.includes(name))
      .map(([name, all]) =>
        measurementOf(
          name,
          'KiB/GiB',
          all.map((each) => each.serverBytes / KIB / (sizeBytes / GIB)),
        ),
      )
    return { rates, memory, serverBytes }
  } finally {
    client.destroy()
  }
}
