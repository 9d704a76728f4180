import { ofHandle, type PickedFile } from './picked-file.ts'

/** Browsers that give pages handles have this beside what TypeScript knows. */
type PickerWindow = Window & {
  readonly showOpenFilePicker?: (options: { multiple: boolean }) => Promise<FileSystemFileHandle[]>
}

/** The dialog that gives handles; null where the browser has none. Nothing is picked when the person closes it. */
export function fileDialog(): ((options: { multiple: boolean }) => Promise<readonly PickedFile[]>) | null {
  const { showOpenFilePicker } = window as PickerWindow
  if (showOpenFilePicker === undefined) return null
  return async (options) => {
    try {
      return await Promise.all((await showOpenFilePicker.call(window, options)).map(ofHandle))
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return []
      throw error
    }
  }
}
