import { BellhopError } from '../../bellhop-error.ts'
import type { FileMemory } from '../../journal/file-memory.ts'

/** Browsers that give pages handles have these beside what TypeScript knows. */
type AskableHandle = FileSystemFileHandle &
  Partial<Record<'queryPermission' | 'requestPermission', (wanted: { mode: 'read' }) => Promise<PermissionState>>>

/** A handle leads back to the file, when the person allows it once more. */
export const fileMemory: FileMemory = {
  note: (input) => (typeof input === 'object' && 'getFile' in input ? { handle: input } : {}),
  async state(entry) {
    const handle: AskableHandle | undefined = entry.handle
    const permission = await handle?.queryPermission?.({ mode: 'read' })
    return ({ granted: 'at-hand', prompt: 'ask', denied: 'pick' } as const)[permission ?? 'denied']
  },
  async reopen({ name, ...entry }) {
    const handle: AskableHandle | undefined = entry.handle
    const permission = await handle?.requestPermission?.({ mode: 'read' })
    if (handle && permission === 'granted') return handle
    throw new BellhopError('SOURCE_UNREADABLE', `${name} cannot be opened again from here; pick it once more.`)
  },
}
