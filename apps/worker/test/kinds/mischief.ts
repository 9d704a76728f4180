import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { JobInputError, defineKind, fileIdSchema, outputFileSchema, z } from '@bellhop/kind'
import type { KindRun, OutputFile } from '@bellhop/kind'

const input = z.object({
  act: z.enum(['copy', 'hang', 'spin', 'refuse', 'lie', 'eat', 'look']),
  fileId: fileIdSchema.optional(),
  times: z.number().default(2),
})
type Job = KindRun<z.output<typeof input>>
interface Said {
  readonly said: string
  readonly files?: OutputFile[]
}

/** What a job of the kind may be asked to do. */
const ACTS: Record<Job['input']['act'], (job: Job) => Promise<Said>> = {
  async copy({ input: { fileId, times }, objects, progress }) {
    if (fileId === undefined) {
      await objects.put({ role: 'copy', name: 'a.txt', mediaType: 'text/plain', body: new Uint8Array(1) })
      return { said: 'nothing' }
    }
    const { name, mediaType } = await objects.download(fileId, 'source', (bytes) => console.log('received', bytes))
    progress(0.5, 'copying')
    const said = (await readFile('source', 'utf8')).repeat(times)
    return { said, files: [await objects.put({ role: 'copy', name, mediaType, body: new TextEncoder().encode(said) })] }
  },
  async hang({ progress, signal }) {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    progress(0.1, `hanging ${child.pid}`)
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    return { said: 'what nobody wants any more' }
  },
  async spin({ progress }) {
    progress(0.1, `spinning ${process.pid}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
    while (true);
  },
  refuse: () => Promise.reject(new JobInputError('TOO_PLAIN', 'There is nothing in it to work on.')),
  lie: () => Promise.resolve({ said: 42 as unknown as string }),
  async eat() {
    const eaten: number[][] = []
    for (;;) eaten.push(Array.from({ length: 100_000 }, Math.random))
  },
  look: ({ scratchDir }) =>
    Promise.resolve({
      said: JSON.stringify({ names: Object.keys(process.env), atHome: process.cwd() === scratchDir }),
    }),
}

export function mischief(version: number) {
  return defineKind({
    name: 'test.mischief',
    version,
    limits: { memoryMib: 64, timeoutMs: 60_000 },
    input,
    output: z.object({ said: z.string(), files: z.array(outputFileSchema).default([]) }),
    run: (job) => ACTS[job.input.act](job),
  })
}
