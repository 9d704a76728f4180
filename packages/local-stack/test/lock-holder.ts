import { acquireDataDir } from '../src/index.ts'

await acquireDataDir(process.argv[2] ?? '')
console.log('held')
// Stays until it is killed.
process.stdin.resume()
