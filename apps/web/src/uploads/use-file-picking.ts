import { createContext, useContext } from 'react'
import type { PickedFile } from './picked-file.ts'

type PickKind = 'files' | 'folder'

interface FilePicking {
  /** Opens the browser's file dialog; what is picked is uploaded. */
  readonly pick: (kind: PickKind) => void
  /** Opens it for one file that is wanted back; null when none was picked. */
  readonly pickOne: () => Promise<PickedFile | null>
}

export const FilePickingContext = createContext<FilePicking | null>(null)

export function useFilePicking(): FilePicking {
  const picking = useContext(FilePickingContext)
  if (picking === null) throw new Error('useFilePicking() needs an <UploadPicker> above it.')
  return picking
}
