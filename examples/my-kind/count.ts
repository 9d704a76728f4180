import { connect } from '@bellhop/client'

const { BELLHOP_URL: url = 'http://localhost:3000', BELLHOP_API_KEY: apiKey = '' } = process.env
const [path] = process.argv.slice(2)
if (path === undefined) throw new Error('Which file? node count.ts FILE')

await using bellhop = connect({ url, apiKey })

const file = await bellhop.files.upload(path)
const job = await bellhop.jobs.submit('text.count', { fileId: file.id, top: 3 })

for await (const state of bellhop.jobs.watch(job)) {
  console.log(state.status, `${Math.round(state.progress * 100)} %`, state.stage ?? '')
}

const { output } = await bellhop.jobs.wait(job)
console.log(`${output.words} words, ${output.distinct} distinct`)
for (const { word, times } of output.top) console.log(`${times} × ${word}`)

const [counts] = output.files
if (counts) await bellhop.files.download(counts.id, counts.name)
