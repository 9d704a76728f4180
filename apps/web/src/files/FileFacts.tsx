import type { FileDetail } from '@bellhop/model'
import { Link } from '@tanstack/react-router'
import { KeyRound } from 'lucide-react'
import type { ReactNode } from 'react'
import { Panel } from '../ui/Panel.tsx'
import { Time } from '../ui/Time.tsx'
import { useWords } from '../words/use-words.ts'
import { VerifyButton } from './VerifyButton.tsx'

export function FileFacts({ file }: { readonly file: FileDetail }) {
  const words = useWords()
  const { facts } = words.file
  return (
    <Panel title={words.file.about} aside={file.status === 'READY' && <VerifyButton file={file} />}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 text-sm">
        <Fact name={facts.type}>{file.mediaType}</Fact>
        <Fact name={facts.size}>{words.common.exactBytes(file.sizeBytes)}</Fact>
        <Fact name={facts.by}>{file.ownerName}</Fact>
        <Fact name={facts.added}>{words.format.dateTime(file.createdAt)}</Fact>
        <Fact name={facts.downloads}>{words.format.count(file.downloadCount)}</Fact>
        {file.integrity !== null && <Fact name={facts.integrity}>{words.file.integrity[file.integrity]}</Fact>}
        {file.status === 'READY' && (
          <Fact name={facts.verified}>
            {file.verifiedAt === null ? words.file.neverVerified : <Time at={file.verifiedAt} />}
          </Fact>
        )}
        {file.sha256 !== null && (
          <Fact name={facts.sha256}>
            <code className="font-mono text-xs break-all select-all">{file.sha256}</code>
          </Fact>
        )}
      </dl>
      <Link
        to="/settings/keys"
        search={{ file: file.id }}
        className="mt-4 -ml-1 inline-flex items-center gap-1.5 rounded px-1 py-0.5 text-sm text-muted hover:text-ink hover:underline"
      >
        <KeyRound aria-hidden size={14} />
        {words.settings.keys.ofFileLink}
      </Link>
    </Panel>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-faint">{name}</dt>
      <dd className="figures min-w-0 wrap-anywhere">{children}</dd>
    </>
  )
}
