import { opendir, stat } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import { cleanTags } from '@bellhop/model'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'

export interface FoundFile {
  readonly path: string
  /** Names of the folders from the one that was named down to the file. Empty for a file that was named itself. */
  readonly folders: readonly string[]
}

/** Past that a folder is more likely a loop of mounts than somebody's files. */
const MAX_DEPTH = 64
const MAX_FILES = 1_000_000

/**
 * The files that are meant by what was named, one after the other: a folder stands for all regular files below it, in no
 * order. Symbolic links in folders are not followed. What is not there is found too, for the upload to say so.
 */
export async function* findFiles(named: readonly string[]): AsyncGenerator<FoundFile> {
  let count = 0
  for (const path of named) {
    const found = await stat(path).catch(() => undefined)
    if (!found?.isDirectory()) {
      yield { path, folders: [] }
      continue
    }
    for await (const file of filesBelow(path)) {
      count += 1
      if (count > MAX_FILES) {
        throw new CliError(EXIT.usage, `There are more than ${MAX_FILES} files below ${path}.`, 'Name its folders.')
      }
      yield { path: file, folders: foldersOf(path, file) }
    }
  }
}

async function* filesBelow(root: string): AsyncGenerator<string> {
  const folders = [{ path: root, depth: 0 }]
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    for await (const entry of await opendir(folder.path)) {
      const path = join(folder.path, entry.name)
      if (entry.isFile()) yield path
      if (entry.isDirectory() && folder.depth < MAX_DEPTH) folders.push({ path, depth: folder.depth + 1 })
    }
  }
}

function foldersOf(root: string, file: string): string[] {
  const between = relative(root, file).split(sep).slice(0, -1)
  return cleanTags([basename(resolve(root)), ...between])
}
