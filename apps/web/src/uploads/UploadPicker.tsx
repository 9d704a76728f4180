import { type ChangeEvent, type ReactNode, useCallback, useEffect, useRef } from 'react'
import { useWords } from '../words/use-words.ts'
import { PickFilesContext, type PickKind } from './use-pick-files.ts'
import { useTransfers } from './use-transfers.ts'

/** One pair of file inputs for all the buttons that open them: a menu may close while its dialog is open. */
export function UploadPicker({ children }: { readonly children: ReactNode }) {
  const words = useWords()
  const transfers = useTransfers()
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  useEffect(() => {
    // React knows no such attribute.
    if (folder.current !== null) folder.current.webkitdirectory = true
  }, [])
  const pick = useCallback((kind: PickKind) => (kind === 'files' ? files : folder).current?.click(), [])
  const take = ({ target }: ChangeEvent<HTMLInputElement>) => {
    transfers.add([...(target.files ?? [])])
    // The same file may be picked again.
    target.value = ''
  }
  return (
    <PickFilesContext value={pick}>
      {children}
      <input ref={files} hidden type="file" multiple aria-label={words.catalog.uploadFiles} onChange={take} />
      <input ref={folder} hidden type="file" aria-label={words.catalog.uploadFolder} onChange={take} />
    </PickFilesContext>
  )
}
