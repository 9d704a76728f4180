import { useEffect, useRef } from 'react'
import { announce } from '../ui/live-region.tsx'
import { errorSentence } from '../words/error-sentence.ts'
import { useWords } from '../words/use-words.ts'
import { uploadTotals } from './upload-totals.ts'
import { useTransferList } from './use-transfers.ts'

const IDLE = { unsent: 0, quarter: 0, failed: new Set<string>() }

/** Tells a screen reader: the start, each quarter of the whole, each failure at once, and the end. Nothing else. */
export function UploadAnnouncer() {
  const words = useWords()
  const transfers = useTransferList()
  const told = useRef(IDLE)
  useEffect(() => {
    const { unsent, uploaded, failed, fraction, totalBytes } = uploadTotals(transfers)
    const before = told.current
    const failures = transfers.filter(({ state }) => state.status === 'FAILED')
    const quarter = Math.floor(fraction * 4)
    const fresh = failures.find(({ key }) => !before.failed.has(key))
    told.current = { unsent, quarter, failed: new Set(failures.map(({ key }) => key)) }
    if (fresh !== undefined) {
      announce(words.uploads.announceFailed(fresh.name, errorSentence(words, fresh.state.error)))
    } else if (unsent > before.unsent) announce(words.uploads.announceStart(unsent, totalBytes))
    else if (unsent === 0 && before.unsent > 0) announce(words.uploads.announceEnd(uploaded, failed))
    else if (unsent > 0 && quarter > before.quarter && quarter < 4) announce(words.uploads.announceQuarter(quarter / 4))
  }, [transfers, words])
  return null
}
