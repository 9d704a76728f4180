import { connect } from '../../src/index.ts'

/** A process of its own, to be killed: `node killed-download.ts URL FILE_ID PATH`. */
const [, , url = '', id = '', path = ''] = process.argv
await using bellhop = connect({ url })
await bellhop.files.download(id as `file_${string}`, path)
