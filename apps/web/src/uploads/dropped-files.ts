/** Files that one drop may bring, folders and all. */
const DROPPED_FILES_MAX = 10_000

/** What was dropped or pasted, with the files inside of folders; names lose their folders. */
export async function droppedFiles(data: DataTransfer): Promise<readonly File[]> {
  // Entries must be taken before the first await: the browser empties the transfer after the event.
  const entries = [...data.items].filter((item) => item.kind === 'file').map((item) => item.webkitGetAsEntry())
  const loose = [...data.files]
  if (entries.every((entry) => entry === null || entry.isFile)) return loose.slice(0, DROPPED_FILES_MAX)
  const files: File[] = []
  for (const entry of entries) if (entry !== null) await collect(entry, files)
  return files
}

async function collect(entry: FileSystemEntry, into: File[]): Promise<void> {
  if (into.length >= DROPPED_FILES_MAX) return
  if (isFile(entry)) {
    into.push(await new Promise<File>((resolve, reject) => entry.file(resolve, reject)))
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
