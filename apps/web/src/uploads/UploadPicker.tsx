import { type ChangeEvent, type ReactNode, useEffect, useMemo, useRef } from 'react'
import { useWords } from '../words/use-words.ts'
import { fileDialog } from './file-dialog.ts'
import { type PickedFile, withoutHandle } from './picked-file.ts'
import { FilePickingContext } from './use-file-picking.ts'
import { useTransfers } from './use-transfers.ts'

/** The file inputs of all the buttons that open them: a menu may close while its dialog is open. */
export function UploadPicker({ children }: { readonly children: ReactNode }) {
  const words = useWords()
  const transfers = useTransfers()
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const one = useRef<HTMLInputElement>(null)
  const wanted = useRef<(picked: PickedFile | null) => void>(() => {})
  useEffect(() => {
    // React knows neither this attribute nor this event.
    if (folder.current !== null) folder.current.webkitdirectory = true
    const input = one.current
    const close = () => wanted.current(null)
    input?.addEventListener('cancel', close)
    return () => input?.removeEventListener('cancel', close)
  }, [])
  const picking = useMemo(() => {
    const dialog = fileDialog()
    return {
      pick: (kind: 'files' | 'folder') => {
        if (kind === 'folder') folder.current?.click()
        else if (dialog === null) files.current?.click()
        else void dialog({ multiple: true }).then((picked) => transfers.add(picked))
      },
      pickOne: async () => {
        if (dialog !== null) return (await dialog({ multiple: false }))[0] ?? null
        return new Promise<PickedFile | null>((resolve) => {
          wanted.current(null)
          wanted.current = resolve
          one.current?.click()
        })
      },
    }
  }, [transfers])
  const taken = (target: HTMLInputElement): readonly PickedFile[] => {
    const picked = [...(target.files ?? [])].map(withoutHandle)
    // The same file may be picked again.
    target.value = ''
    return picked
  }
  const take = ({ target }: ChangeEvent<HTMLInputElement>) => transfers.add(taken(target))
  return (
    <FilePickingContext value={picking}>
      {children}
      <input ref={files} hidden type="file" multiple aria-label={words.catalog.uploadFiles} onChange={take} />
      <input ref={folder} hidden type="file" aria-label={words.catalog.uploadFolder} onChange={take} />
      <input
        ref={one}
        hidden
        type="file"
        aria-label={words.uploads.pickFile}
        onChange={({ target }) => wanted.current(taken(target)[0] ?? null)}
      />
    </FilePickingContext>
  )
}
