import { forkLocalStack } from '../src/index.ts'

const config = { dataDir: process.argv[2] ?? '', withPostgres: true, withObjectStore: true }
console.log((await forkLocalStack(config)).pid)
