import { parseArgs } from 'node:util'
import { connect } from '@bellhop/client'

/** Uploads one file as a user's own program would, in a process of its own: what it prints is one JSON object a line. */
const {
  values: { url = '' },
  positionals: [path = ''],
} = parseArgs({ options: { url: { type: 'string' } }, allowPositionals: true })

await using bellhop = connect({ url, apiKey: process.env['BELLHOP_API_KEY'] ?? '' })
const upload = bellhop.files.startUpload(path)
upload.subscribe(() => {
  const { uploadId, fileId, progress } = upload.state
  print({ type: 'progress', uploadId, fileId, sentBytes: progress.sentBytes })
})
print({ type: 'done', fileId: (await upload.done).id })

function print(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}
