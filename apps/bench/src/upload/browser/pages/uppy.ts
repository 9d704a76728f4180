import AwsS3 from '@uppy/aws-s3'
import Uppy from '@uppy/core'
import { pickedFile } from './picked-file.ts'

export interface UppySettings {
  readonly objectKey: string
  readonly shouldUseMultipart: boolean
  /** Left out, its own: 5 MiB. */
  readonly chunkBytes?: number
}

declare global {
  interface Window {
    sendByUppy: (settings: UppySettings) => Promise<{ seconds: number }>
  }
}

window.sendByUppy = async ({ objectKey, shouldUseMultipart, chunkBytes }) => {
  const uppy = new Uppy().use(AwsS3, {
    shouldUseMultipart,
    generateObjectKey: () => objectKey,
    ...(chunkBytes === undefined ? {} : { getChunkSize: () => chunkBytes }),
    async signRequest(request) {
      const answer = await fetch('/sign', { method: 'POST', body: JSON.stringify(request) })
      if (!answer.ok) throw new Error(`The signing server answered ${answer.status}.`)
      return (await answer.json()) as { url: string }
    },
  })
  const file = pickedFile()
  const startedAtMs = performance.now()
  uppy.addFile({ name: file.name, type: 'application/octet-stream', data: file })
  const result = await uppy.upload()
  const seconds = (performance.now() - startedAtMs) / 1000
  const failed = result?.failed?.[0]
  if (failed || result?.successful?.length !== 1) throw new Error(failed?.error ?? 'Uppy sent nothing.')
  uppy.destroy()
  return { seconds }
}
