import process from 'node:process'
import { newId } from '@bellhop/model'
import { datasetProfileProcessor } from '../../src/processors/dataset/dataset-profile.ts'

/** A worker for the test to kill: runs one job in the folder it is given, and says when its child is reading. */
process.env['S3_SECRET_ACCESS_KEY'] = 'secret'
const [scratchDir = ''] = process.argv.slice(2)
let said = false
await datasetProfileProcessor.run({
  input: { fileId: newId('file') },
  signal: new AbortController().signal,
  scratchDir,
  progress: () => undefined,
  addCpuSeconds: () => undefined,
  advance(stage) {
    if (stage === 'reading' && !said) console.log(stage)
    said ||= stage === 'reading'
  },
  log: () => undefined,
  parts: () => Promise.reject(new Error('Nothing is in parts here.')),
  objects: {
    download: (id) => Promise.resolve({ id, name: 'large.csv', mediaType: 'text/csv', sizeBytes: 1 }),
    open: () => Promise.reject(new Error('Nothing is to be opened here.')),
    verify: () => Promise.reject(new Error('Nothing is to be verified here.')),
    put: () => Promise.reject(new Error('The test should have killed this process by now.')),
  },
})
