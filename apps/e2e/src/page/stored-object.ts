import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Where the embedded store keeps the object of a file: the names of its own files are those of the objects in hex. */
export async function storedObject(dataDir: string, fileId: string): Promise<string> {
  const objects = join(dataDir, 'objects')
  const wanted = Buffer.from(`/files/${fileId}`).toString('hex')
  const found = (await readdir(objects, { recursive: true })).find((path) => path.includes(wanted))
  if (found === undefined) throw new Error(`The store has no object of ${fileId}.`)
  return join(objects, found)
}
