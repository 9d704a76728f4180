import type { OutputId } from '@bellhop/model'
import { Hls } from 'hls.js/light'
import { type HlsLevel, masterOf, withAddresses } from './hls-level.ts'
import { MASTER, levelAt, outputLoader } from './hls-loader.ts'
import type { MediaKeys } from './media-keys.ts'

/** What a connection is thought to carry until it has shown it, in bits a second: 720p to begin with. */
const FIRST_GUESS = 3_000_000
const BUFFER_SECONDS = 30
/** What cannot be read is tried again after 0.5 and 1 s; then another size is, and at last the whole file. */
const LOAD_POLICY = {
  default: {
    maxTimeToFirstByteMs: 10_000,
    maxLoadTimeMs: 60_000,
    timeoutRetry: { maxNumRetry: 1, retryDelayMs: 0, maxRetryDelayMs: 0 },
    errorRetry: { maxNumRetry: 2, retryDelayMs: 500, maxRetryDelayMs: 1_000 },
  },
}

interface HlsSource {
  readonly levels: readonly HlsLevel[]
  readonly keys: MediaKeys
  readonly fromSeconds: number
  readonly onLevel: (level: HlsLevel) => void
  readonly onFailed: (error: unknown) => void
}

export interface HlsEngine extends Disposable {
  /** Null: whatever the connection carries and the window shows. */
  pick(id: OutputId | null): void
}

/** Plays HLS on the element, by hls.js where the browser has Media Source Extensions, else by itself. */
export function startHls(element: HTMLMediaElement, source: HlsSource): HlsEngine {
  return Hls.isSupported() ? byMediaSource(element, source) : byBrowser(element, source)
}

function byMediaSource(
  element: HTMLMediaElement,
  { levels, keys, fromSeconds, onLevel, onFailed }: HlsSource,
): HlsEngine {
  const hls = new Hls({
    loader: outputLoader(levels, keys),
    // The worker only takes other containers apart.
    enableWorker: false,
    playlistLoadPolicy: LOAD_POLICY,
    fragLoadPolicy: LOAD_POLICY,
    startPosition: fromSeconds,
    abrEwmaDefaultEstimate: FIRST_GUESS,
    capLevelToPlayerSize: true,
    backBufferLength: BUFFER_SECONDS,
  })
  let recovered = false
  hls.on(Hls.Events.LEVEL_SWITCHED, (_, { level }) => {
    const shown = levelAt(levels, hls.levels[level]?.url[0])
    if (shown !== undefined) onLevel(shown)
  })
  hls.on(Hls.Events.ERROR, (_, { fatal, type, error }) => {
    if (!fatal) return
    if (type !== Hls.ErrorTypes.MEDIA_ERROR || recovered) return onFailed(error)
    recovered = true
    hls.recoverMediaError()
  })
  hls.loadSource(MASTER)
  hls.attachMedia(element)
  let picked: OutputId | null = null
  const choose = () => {
    // What is buffered goes, so that a size that somebody picks shows from the next key frame on; by itself it changes later and keeps all.
    if (picked === null) hls.nextLevel = -1
    else hls.currentLevel = hls.levels.findIndex(({ url }) => levelAt(levels, url[0])?.id === picked)
  }
  hls.on(Hls.Events.MANIFEST_PARSED, () => {
    if (picked !== null) choose()
  })
  return {
    pick(id) {
      if (picked === id) return
      picked = id
      if (hls.levels.length > 0) choose()
    },
    [Symbol.dispose]: () => hls.destroy(),
  }
}

const PLAYLIST_DATA = 'data:application/vnd.apple.mpegurl;charset=utf-8,'

/** Safari of telephones before 17.1. It reads the playlists from data addresses; keys in them cannot be renewed, so what refuses later falls back. */
function byBrowser(element: HTMLMediaElement, { levels, keys, onLevel, onFailed }: HlsSource): HlsEngine {
  const controller = new AbortController()
  let turn = 0
  const play = async (picked: OutputId | null) => {
    turn += 1
    const mine = turn
    const chosen = levels.filter(({ id }) => picked === null || id === picked)
    const addresses = new Map(
      await Promise.all(
        chosen.map(async (level) => {
          const text = await keys.text(level.id, controller.signal)
          const found = await Promise.all(
            [...level.outputs.values()].map(async (id) => [id, await keys.address(id)] as const),
          )
          const addressed = withAddresses(text, level, (id) => new Map(found).get(id) ?? '')
          return [level, `${PLAYLIST_DATA}${encodeURIComponent(addressed)}`] as const
        }),
      ),
    )
    if (mine !== turn || controller.signal.aborted) return
    const master = masterOf(chosen, (level) => addresses.get(level) ?? '')
    // oxlint-disable-next-line react/immutability -- a media element is given what it plays by writing its source
    element.src = `${PLAYLIST_DATA}${encodeURIComponent(master)}`
    const only = chosen.length === 1 ? chosen[0] : undefined
    if (only !== undefined) onLevel(only)
  }
  const begin = (picked: OutputId | null) =>
    void play(picked).catch((error: unknown) => {
      if (!controller.signal.aborted) onFailed(error)
    })
  begin(null)
  let picked: OutputId | null = null
  return {
    pick(id) {
      if (picked === id) return
      picked = id
      begin(id)
    },
    [Symbol.dispose]() {
      controller.abort()
      // What plays instead may be there already.
      if (!element.src.startsWith(PLAYLIST_DATA)) return
      element.removeAttribute('src')
      element.load()
    },
  }
}
