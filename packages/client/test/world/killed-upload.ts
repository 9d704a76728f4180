import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

interface KilledUpload {
  readonly url: string
  readonly path: string
  readonly journalDir: string
}

/** An upload in a process of its own that is killed with SIGKILL when some of its parts have arrived. */
export async function killInTheMiddle({ url, path, journalDir }: KilledUpload): Promise<void> {
  const program = fileURLToPath(new URL('upload-program.ts', import.meta.url))
  const child = spawn(process.execPath, [program, url, path, journalDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  let told = ''
  for await (const text of child.stdout.setEncoding('utf8')) {
    told += String(text)
    if (told.includes('three parts')) break
  }
  child.kill('SIGKILL')
  await ended
}
