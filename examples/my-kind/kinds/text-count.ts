import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { JobInputError, defineKind, fileIdSchema, outputFileSchema, z } from '@bellhop/kind'

/** Beyond this it is no text that somebody wrote. */
const MAX_DISTINCT = 1_000_000

/** Counts the words of a text file. */
const textCount = defineKind({
  name: 'text.count',
  version: 1,
  limits: { timeoutMs: 60_000, memoryMib: 256 },
  stages: [
    { name: 'downloading', weight: 1, unit: 'bytes' },
    { name: 'counting', weight: 3, unit: 'bytes' },
  ],
  input: z.object({
    fileId: fileIdSchema,
    /** How many of the most frequent words the output names. */
    top: z.number().int().min(1).max(100).default(10),
  }),
  output: z.object({
    words: z.number().int(),
    distinct: z.number().int(),
    top: z.array(z.object({ word: z.string(), times: z.number().int() })),
    /** All of them, the most frequent first, as CSV. */
    files: z.array(outputFileSchema),
  }),

  async run({ input, objects, advance, log }) {
    const source = await objects.download(input.fileId, 'source.txt', (done, of) => advance('downloading', done, of))
    const times = new Map<string, number>()
    let words = 0
    let readBytes = 0
    for await (const line of createInterface({ input: createReadStream('source.txt') })) {
      if (line.includes('\0')) throw new JobInputError('NOT_TEXT', `${source.name} is not a text file.`)
      for (const [word] of line.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) {
        times.set(word, (times.get(word) ?? 0) + 1)
        words += 1
      }
      if (times.size > MAX_DISTINCT) throw new JobInputError('TOO_MANY_WORDS', `${source.name} has too many words.`)
      readBytes += Buffer.byteLength(line) + 1
      advance('counting', readBytes, source.sizeBytes)
    }
    log(`${words} words, ${times.size} of them distinct.`)

    const counts = [...times].toSorted(([, a], [, b]) => b - a)
    const csv = ['word,times', ...counts.map(([word, count]) => `${word},${count}`)].join('\n')
    const file = await objects.put({
      role: 'counts',
      name: `${source.name}.counts.csv`,
      mediaType: 'text/csv',
      body: new TextEncoder().encode(`${csv}\n`),
    })
    const top = counts.slice(0, input.top).map(([word, count]) => ({ word, times: count }))
    return { words, distinct: times.size, top, files: [file] }
  },
})

export default textCount

declare module '@bellhop/kind' {
  interface JobKinds {
    'text.count': typeof textCount
  }
}
