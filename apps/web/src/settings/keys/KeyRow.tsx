import type { FileId, UserId, ValetKeyRecord } from '@bellhop/model'
import { Link } from '@tanstack/react-router'
import { ListFilter } from 'lucide-react'
import { memo } from 'react'
import { Button } from 'react-aria-components'
import { MiddleEllipsis } from '../../ui/MiddleEllipsis.tsx'
import { Time } from '../../ui/Time.tsx'
import { useWords } from '../../words/use-words.ts'
import { KeyLife } from './KeyLife.tsx'
import { RevokeButton } from './RevokeButton.tsx'

const CELL = 'px-4 py-3 align-middle'
const STACKED = 'max-md:px-4 max-md:py-0'

interface KeyRowProps {
  readonly record: ValetKeyRecord
  readonly onChange: (part: { readonly file?: FileId; readonly person?: UserId }) => void
}

export const KeyRow = memo(function KeyRow({ record, onChange }: KeyRowProps) {
  const words = useWords()
  const { keys } = words.settings
  const { fileId, fileName, userId, userName } = record
  return (
    <tr className="group hover:bg-hover max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto_2.75rem] max-md:gap-y-1 max-md:py-3">
      <td className={`${CELL} ${STACKED} max-md:col-span-2 max-md:row-start-1 max-md:pr-0`}>
        <span className="figures flex flex-wrap gap-x-2 font-medium">
          {keys.purposes[record.purpose]}
          {record.firstPart !== null && (
            <span className="font-normal text-muted">{parts(words, record.firstPart, record.keyCount)}</span>
          )}
          <span className="font-normal text-faint lg:hidden">{words.format.bytes(record.sizeBytes)}</span>
        </span>
        <span className="flex min-w-0 items-center gap-1 text-sm text-muted">
          {fileName === null ? (
            keys.goneFile
          ) : (
            <>
              <Link
                to="/files/$fileId"
                params={{ fileId }}
                className="flex min-h-6 min-w-0 items-center hover:text-ink hover:underline"
              >
                <MiddleEllipsis text={fileName} />
              </Link>
              <Narrow label={keys.onlyFile(fileName)} onPress={() => onChange({ file: fileId })} />
            </>
          )}
        </span>
      </td>
      <td className={`${CELL} ${STACKED} text-sm max-md:col-span-3 max-md:row-start-2`}>
        <span className="flex min-w-0 items-center gap-1">
          <span className="truncate">{userName ?? keys.gonePerson}</span>
          {userName !== null && (
            <Narrow label={keys.onlyPerson(userName)} onPress={() => onChange({ person: userId })} />
          )}
        </span>
        {record.fromAddress !== null && (
          <span className="figures block truncate text-xs text-faint">{keys.from(record.fromAddress)}</span>
        )}
      </td>
      <td className={`${CELL} figures text-sm text-muted max-lg:hidden`}>{words.format.bytes(record.sizeBytes)}</td>
      <td className={`${CELL} ${STACKED} text-sm text-muted max-md:row-start-3 max-md:self-center`}>
        <Time at={record.issuedAt} />
      </td>
      <td className={`${CELL} ${STACKED} max-md:col-span-2 max-md:row-start-3 max-md:text-right`}>
        <KeyLife record={record} />
      </td>
      <td className={`${CELL} px-2 text-right ${STACKED} max-md:col-start-3 max-md:row-start-1 max-md:px-0`}>
        <RevokeButton record={record} />
      </td>
    </tr>
  )
})

/** Narrows the list to what stands beside it. */
function Narrow({ label, onPress }: { readonly label: string; readonly onPress: () => void }) {
  return (
    <Button
      aria-label={label}
      onPress={onPress}
      className="grid size-6 shrink-0 place-items-center rounded text-faint group-hover:opacity-100 focus-visible:opacity-100 pointer-fine:opacity-0 data-[hovered]:bg-hover data-[hovered]:text-ink"
    >
      <ListFilter aria-hidden size={13} />
    </Button>
  )
}

function parts({ settings: { keys } }: ReturnType<typeof useWords>, first: number, count: number): string {
  return count === 1 ? keys.part(first) : keys.parts(first, first + count - 1)
}
