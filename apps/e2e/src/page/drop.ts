import type { Page } from 'playwright-core'

export interface DroppedFile {
  readonly name: string
  readonly mediaType: string
  readonly content: Buffer
}

/** Drags the files over the window; they are let go by the answer. */
export async function dragFiles(page: Page, files: readonly DroppedFile[]): Promise<() => Promise<void>> {
  const dataTransfer = await page.evaluateHandle(
    (described) => {
      const transfer = new DataTransfer()
      for (const { name, mediaType, base64 } of described) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
        transfer.items.add(new File([bytes], name, { type: mediaType }))
      }
      return transfer
    },
    files.map(({ name, mediaType, content }) => ({ name, mediaType, base64: content.toString('base64') })),
  )
  await page.dispatchEvent('body', 'dragenter', { dataTransfer })
  await page.dispatchEvent('body', 'dragover', { dataTransfer })
  return () => page.dispatchEvent('body', 'drop', { dataTransfer })
}
