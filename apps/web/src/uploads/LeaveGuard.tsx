import { useEffect } from 'react'
import { setActivityTitle } from '../ui/document-title.ts'
import { useWords } from '../words/use-words.ts'
import { uploadTotals } from './upload-totals.ts'
import { useTransferList } from './use-transfers.ts'

/** While bytes are unsent the browser asks before it closes the page, and the title of the tab tells how far they are. */
export function LeaveGuard() {
  const words = useWords()
  const { unsent, fraction } = uploadTotals(useTransferList())
  const sending = unsent > 0
  const title = sending ? words.uploads.documentTitle(fraction, unsent) : null
  useEffect(() => setActivityTitle(title), [title])
  useEffect(() => {
    if (!sending) return
    const guard = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', guard)
    return () => removeEventListener('beforeunload', guard)
  }, [sending])
  return null
}
