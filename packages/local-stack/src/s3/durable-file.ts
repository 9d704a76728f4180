import { randomUUID } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { systemCode } from '../local-stack-error.ts'

/** Replaces a JSON file so that a crash leaves the old content or the new: written aside, flushed, renamed, folder flushed. */
export async function replaceJson(path: string, value: unknown, temporaryDir: string): Promise<void> {
  const draft = join(temporaryDir, `${basename(path).slice(0, 32)}.${randomUUID()}`)
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(JSON.stringify(value))
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await flushFolder(dirname(path))
}

export async function readJson<T>(path: string): Promise<T | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
  // Only this store writes these files, and it writes them whole.
  return JSON.parse(text) as T
}

/** Makes a created, renamed or removed entry of the folder survive a power cut. */
export async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
