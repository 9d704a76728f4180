import { startPostgres } from '../src/index.ts'

const server = await startPostgres({
  dataDir: process.argv[2] ?? '',
  postgres: { fsync: 'off', shared_buffers: '32MB' },
})
console.log(server.pid)
process.once('SIGTERM', () => void server.stop().then(() => process.exit()))
