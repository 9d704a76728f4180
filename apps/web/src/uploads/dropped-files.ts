import { ofHandle, type PickedFile, withoutHandle } from './picked-file.ts'

/** Files that one drop may bring, folders and all. */
const DROPPED_FILES_MAX = 10_000

/** Browsers that give pages handles have this beside what TypeScript knows. */
type HandingItem = DataTransferItem & { readonly getAsFileSystemHandle?: () => Promise<FileSystemHandle | null> }

/** What was dropped or pasted, with the files inside of folders; names lose their folders. */
export async function droppedFiles(data: DataTransfer): Promise<readonly PickedFile[]> {
  // All must be taken before the first await: the browser empties the transfer after the event.
  const items = [...data.items].filter((item) => item.kind === 'file')
  const dropped = items.map((item) => ({
    handle: handleOf(item),
    entry: item.webkitGetAsEntry(),
    file: item.getAsFile(),
  }))
  const picked: PickedFile[] = []
  for (const { handle, entry, file } of dropped) {
    if (entry !== null && isFolder(entry)) await collect(entry, picked)
    else if (picked.length < DROPPED_FILES_MAX) {
      const known = await handle
      if (known !== null) picked.push(await ofHandle(known))
      else if (file !== null) picked.push(withoutHandle(file))
    }
  }
  return picked
}

/** Null where the browser gives none; folders are walked another way, which all browsers have. */
async function handleOf(item: HandingItem): Promise<FileSystemFileHandle | null> {
  const handle = await item.getAsFileSystemHandle?.().catch(() => null)
  return handle instanceof FileSystemFileHandle ? handle : null
}

async function collect(entry: FileSystemEntry, into: PickedFile[]): Promise<void> {
  if (into.length >= DROPPED_FILES_MAX) return
  if (isFile(entry)) {
    into.push(withoutHandle(await new Promise<File>((resolve, reject) => entry.file(resolve, reject))))
    return
  }
  if (!isFolder(entry)) return
  const reader = entry.createReader()
  while (into.length < DROPPED_FILES_MAX) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (batch.length === 0) return
    for (const child of batch) await collect(child, into)
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}
