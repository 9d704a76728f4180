import { MIB } from '@bellhop/model'
import { connect } from '../../src/index.ts'
import { folderJournal } from '../../src/node.ts'

const [url = '', path = '', journalDir = ''] = process.argv.slice(2)
await using bellhop = connect({ url, journal: folderJournal(journalDir) })
await bellhop.files.upload(path, {
  onProgress: ({ sentBytes }) => {
    // Four at once, each of 8 MiB: some are whole by now, and others are not.
    if (sentBytes > 42 * MIB) console.log('three parts')
  },
})
