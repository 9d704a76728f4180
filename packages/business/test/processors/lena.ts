import { glob, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const FOLDER = dirname(require.resolve('audio-lena'))
const SOUNDS = '**/*.{wav,mp3,ogg,opus,flac,aac,m4a,aif,aiff,webm,caf}'
export const LENA_SECONDS = 12.27

/** One sound of 12 seconds in the files that Audacity, Logic and others made of it. Paths, in order. */
export async function lenaPaths(): Promise<string[]> {
  const names: string[] = []
  for await (const name of glob(SOUNDS, { cwd: FOLDER })) names.push(name)
  return names.toSorted().map((name) => join(FOLDER, name))
}

export function lena(name: string): Promise<Buffer> {
  return readFile(join(FOLDER, name))
}
