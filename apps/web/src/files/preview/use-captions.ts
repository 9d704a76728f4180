import type { FileDetail, OutputId } from '@bellhop/model'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { trpc } from '../../trpc.ts'
import { announce } from '../../ui/live-region.tsx'
import { useWords } from '../../words/use-words.ts'
import type { MediaKeys } from './media-keys.ts'

/** Texts that one player reads at most. */
const CAPTIONS_MAX = 32

interface Caption {
  readonly id: OutputId
  readonly language: string | undefined
  readonly label: string
  /** Null until its text is there. */
  readonly src: string | null
}

export interface Captions {
  readonly tracks: readonly Caption[]
  /** Null: off. */
  readonly shown: OutputId | null
  readonly show: (id: OutputId | null) => void
  readonly toggle: () => void
}

/** The subtitles of the newest encoding that has some. Their texts are read when it is to play. */
export function useCaptions(file: FileDetail, keys: MediaKeys, wanted: boolean): Captions {
  const { locale, file: words } = useWords()
  const [shown, setShown] = useState<OutputId | null>(null)
  const [last, setLast] = useState<OutputId | null>(null)
  const jobId = file.outputs
    .filter(({ role }) => role === 'captions')
    .map((output) => output.jobId)
    .toSorted()
    .at(-1)
  const { data: job } = trpc.jobs.get.useQuery(
    { jobId: jobId ?? 'job_' },
    // What a finished job gave never changes.
    { enabled: jobId !== undefined, staleTime: Number.POSITIVE_INFINITY },
  )
  const found = job !== undefined && isEncoded(job.output) ? job.output.captions.slice(0, CAPTIONS_MAX) : []
  const ids = found.map(({ output }) => output)
  const { data: texts } = useQuery({
    queryKey: ['captions', ids],
    queryFn: ({ signal }) => Promise.all(ids.map((id) => keys.text(id, signal))),
    enabled: wanted && ids.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const tracks = found.map(({ output, language, title }, index): Caption => {
    const tag = language === null ? undefined : languageTag(language)
    const name = tag === undefined ? null : nameOf(tag, locale)
    return {
      id: output,
      language: tag,
      label: title ?? name ?? words.player.caption(index + 1),
      src: texts?.[index] === undefined ? null : `data:text/vtt;charset=utf-8,${encodeURIComponent(texts[index])}`,
    }
  })
  const show = (id: OutputId | null) => {
    setShown(id)
    if (id !== null) setLast(id)
  }
  const ofPage = tracks.find(({ language }) => language?.split('-', 1)[0] === locale.split('-', 1)[0])
  const next = last ?? ofPage?.id ?? tracks[0]?.id ?? null
  const toggle = () => {
    const id = shown === null ? next : null
    show(id)
    announce(words.player.captionsNow(tracks.find((track) => track.id === id)?.label ?? words.player.captionsOff))
  }
  return { tracks, shown, show, toggle }
}

interface Encoded {
  readonly captions: readonly { output: OutputId; language: string | null; title: string | null }[]
}

function isEncoded(output: unknown): output is Encoded {
  return typeof output === 'object' && output !== null && 'captions' in output
}

/** `kor` is `ko` for a browser. Undefined where it is no language there. */
function languageTag(language: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(language)[0]
  } catch {
    return undefined
  }
}

function nameOf(tag: string, locale: string): string | null {
  const name = new Intl.DisplayNames([locale], { type: 'language' }).of(tag)
  return name === undefined ? null : name.charAt(0).toLocaleUpperCase(locale) + name.slice(1)
}
