import type { FileDetail } from '@bellhop/model'
import { Panel } from '../ui/Panel.tsx'
import { useWords } from '../words/use-words.ts'
import { EncodeButton } from './EncodeButton.tsx'
import { AudioPlayer } from './preview/AudioPlayer.tsx'
import { VideoPlayer } from './preview/VideoPlayer.tsx'
import { ResultPending } from './ResultPending.tsx'
import { useJobOutput } from './use-job-output.ts'

/** A video or a sound, to be played; what plays is known when it was probed. */
export function MediaView({ file }: { readonly file: FileDetail }) {
  const words = useWords()
  const output = useJobOutput(file, 'media.probe')
  return (
    <Panel title={words.file.preview} aside={output !== null && <EncodeButton file={file} />} flush>
      {output === null && <ResultPending file={file} kind="media.probe" />}
      {output !== null && output.poster === null && <AudioPlayer file={file} output={output} />}
      {output !== null && output.poster !== null && <VideoPlayer file={file} output={output} />}
    </Panel>
  )
}
