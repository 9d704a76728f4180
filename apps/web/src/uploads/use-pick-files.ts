import { createContext, useContext } from 'react'

export type PickKind = 'files' | 'folder'

export const PickFilesContext = createContext<((kind: PickKind) => void) | null>(null)

/** Opens the browser's file dialog; what is picked is uploaded. */
export function usePickFiles(): (kind: PickKind) => void {
  const pick = useContext(PickFilesContext)
  if (pick === null) throw new Error('usePickFiles() needs an <UploadPicker> above it.')
  return pick
}
