import { connect } from '@bellhop/client'
import type { FileId } from '@bellhop/client'
import { pickedFile } from './picked-file.ts'

declare global {
  interface Window {
    sendBySdk: (server: { url: string; apiKey: string }) => Promise<{ seconds: number; fileId: FileId }>
  }
}

window.sendBySdk = async (server) => {
  await using bellhop = connect(server)
  const startedAtMs = performance.now()
  const { id } = await bellhop.files.upload(pickedFile(), { startJobs: false })
  return { seconds: (performance.now() - startedAtMs) / 1000, fileId: id }
}
