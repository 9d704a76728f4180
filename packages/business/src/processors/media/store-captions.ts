import type { JobOutput, JobRun, OutputFile } from '@bellhop/model'
import { outputName } from '../output-name.ts'
import { HLS_TYPE, captionsPlaylist } from './hls-playlists.ts'
import type { NamedCaption } from './hls-playlists.ts'
import { runMedia } from './run-media.ts'

interface CaptionsSource {
  readonly address: string
  readonly name: string
  /** Of what HLS plays beside them; null: they are not for HLS. */
  readonly hlsSeconds: number | null
}

interface StoredCaptions {
  readonly captions: JobOutput<'video.encode'>['captions']
  readonly files: readonly OutputFile[]
  readonly named: readonly NamedCaption[]
}

/** Each track of subtitles that is text, as WebVTT, and for HLS a playlist of it. */
export async function storeCaptions(
  job: JobRun<unknown>,
  { address, name: sourceName, hlsSeconds }: CaptionsSource,
): Promise<StoredCaptions> {
  const captions: JobOutput<'video.encode'>['captions'] = []
  const files: OutputFile[] = []
  const named: NamedCaption[] = []
  const found = await runMedia(job, { type: 'captions', address, folder: job.scratchDir })
  for (const [index, { path, language, title }] of found.entries()) {
    const suffix = `-${index + 1}${language === null ? '' : `-${language}`}`
    const name = outputName(sourceName, `${suffix}.vtt`)
    const text = await job.objects.put({ role: 'captions', name, mediaType: 'text/vtt', body: { path } })
    captions.push({ output: text.id, language, title })
    files.push(text)
    if (hlsSeconds === null) continue
    const playlistName = outputName(sourceName, `${suffix}.m3u8`)
    const body = Buffer.from(captionsPlaylist(name, hlsSeconds))
    files.push(await job.objects.put({ role: 'playlist', name: playlistName, mediaType: HLS_TYPE, body }))
    named.push({ language, title, playlistName })
  }
  return { captions, files, named }
}
