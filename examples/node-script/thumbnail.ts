import { BellhopError, connect } from '@bellhop/client'

const { BELLHOP_URL: url = 'http://localhost:3000', BELLHOP_API_KEY: apiKey = '' } = process.env
const [path] = process.argv.slice(2)
if (path === undefined) throw new Error('Which picture? node thumbnail.ts FILE')

await using bellhop = connect({ url, apiKey })

try {
  // Straight to the store; the server signs keys and never sees the bytes.
  const file = await bellhop.files.upload(path, {
    startJobs: false,
    onProgress: ({ sentBytes, totalBytes }) => console.log(`sent ${sentBytes} of ${totalBytes ?? '?'} bytes`),
  })
  const job = await bellhop.jobs.submit('image.variants', { fileId: file.id, widths: [320], formats: ['webp'] })
  const { output } = await bellhop.jobs.wait(job, {
    onProgress: ({ status, stage }) => console.log(status, stage ?? ''),
  })
  const small = output.files.find(({ role }) => role === 'variant')
  if (small === undefined) throw new Error(`${file.name} is narrower than 320 pixels.`)
  await bellhop.files.download(small.id, small.name)
  console.log(`${small.name}: ${small.width} × ${small.height}, ${small.sizeBytes} bytes`)
} catch (error) {
  // Every failure is a sentence for people, and a code for programs.
  if (!(error instanceof BellhopError)) throw error
  console.error(`${error.code}: ${error.message}`)
  process.exitCode = 1
}
