import { FolderSearch, Play, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { DialogTrigger } from 'react-aria-components'
import { Button } from '../ui/Button.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { announce } from '../ui/live-region.tsx'
import { MiddleEllipsis } from '../ui/MiddleEllipsis.tsx'
import { Time } from '../ui/Time.tsx'
import { errorSentence } from '../words/error-sentence.ts'
import { useWords } from '../words/use-words.ts'
import { useFilePicking } from './use-file-picking.ts'
import type { Leftover } from './use-leftovers.ts'
import { useTransfers } from './use-transfers.ts'

/** An upload that was left: how far it is, and how to go on with it from here. */
export function LeftoverRow({ leftover }: { readonly leftover: Leftover }) {
  const { uploads } = useWords()
  const transfers = useTransfers()
  const { pickOne } = useFilePicking()
  const { uploadId, name, sizeBytes, file } = leftover
  const opensItself = file === 'at-hand' || file === 'ask'
  const goOn = async () => {
    if (sizeBytes === null) return
    const upload = { uploadId, name, sizeBytes }
    if (opensItself) return transfers.resume(upload, null)
    const picked = await pickOne()
    if (picked !== null) transfers.resume(upload, picked)
  }
  return (
    <li className="flex flex-col gap-1 py-2.5 pr-2 pl-4">
      <div className="flex items-center gap-2">
        <span className="min-w-0 flex-1 font-medium">
          <MiddleEllipsis text={name} />
        </span>
        {sizeBytes !== null && (
          <Button
            small
            aria-label={opensItself ? uploads.goOn(name) : uploads.leftPickNamed(name)}
            onPress={() => void goOn()}
          >
            {opensItself ? <Play aria-hidden size={14} /> : <FolderSearch aria-hidden size={14} />}
            {opensItself ? uploads.leftGoOn : uploads.leftPickFile}
          </Button>
        )}
        <DiscardButton leftover={leftover} />
      </div>
      <LeftoverFacts leftover={leftover} />
      {!opensItself && sizeBytes !== null && <p className="text-xs text-muted">{uploads.leftPick}</p>}
    </li>
  )
}

function LeftoverFacts({
  leftover: { sizeBytes, arrivedBytes, startedAt, expiresAt, file },
}: {
  readonly leftover: Leftover
}) {
  const { uploads, format } = useWords()
  return (
    <p className="figures flex flex-wrap gap-x-3 text-xs text-muted [&_time]:whitespace-normal">
      {sizeBytes === null && <span>{uploads.leftStream}</span>}
      {sizeBytes !== null && (
        <span>{arrivedBytes === null ? format.bytes(sizeBytes) : uploads.leftArrived(arrivedBytes, sizeBytes)}</span>
      )}
      {file === 'elsewhere' ? (
        <Time at={startedAt} say={uploads.leftElsewhere} />
      ) : (
        <span>{uploads.leftUntil(format.date(expiresAt))}</span>
      )}
    </p>
  )
}

function DiscardButton({ leftover: { uploadId, name } }: { readonly leftover: Leftover }) {
  const words = useWords()
  const { uploads, common } = words
  const transfers = useTransfers()
  const [state, setState] = useState<'idle' | 'busy' | { readonly error: unknown }>('idle')
  const discard = async () => {
    setState('busy')
    try {
      await transfers.discard(uploadId)
      announce(uploads.announceDiscarded(name))
    } catch (error) {
      setState({ error })
    }
  }
  return (
    <DialogTrigger>
      <IconButton small icon={Trash2} label={uploads.discard(name)} />
      <ConfirmDialog
        title={uploads.discardTitle(name)}
        help={uploads.discardHelp}
        confirmText={uploads.discardShort}
        cancelText={common.cancel}
        busy={state === 'busy'}
        error={typeof state === 'object' ? errorSentence(words, state.error) : null}
        onConfirm={() => void discard()}
      />
    </DialogTrigger>
  )
}
