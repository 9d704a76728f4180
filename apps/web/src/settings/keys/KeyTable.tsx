import type { FileId, UserId, ValetKeyRecord } from '@bellhop/model'
import { useWords } from '../../words/use-words.ts'
import { KeyRow } from './KeyRow.tsx'

const HEAD = 'px-4 py-2 text-left text-xs font-medium text-faint'

interface KeyTableProps {
  readonly rows: readonly ValetKeyRecord[]
  readonly onChange: (part: { readonly file?: FileId; readonly person?: UserId }) => void
}

/** A line a key; on a narrow screen, a card. */
export function KeyTable({ rows, onChange }: KeyTableProps) {
  const words = useWords()
  const { keys, sections } = words.settings
  return (
    <div className="overflow-hidden rounded-xl border border-line bg-surface shadow-card">
      <table className="w-full table-fixed max-md:block">
        <caption className="sr-only">{sections.keys}</caption>
        <thead className="border-b border-line max-md:hidden">
          <tr>
            <th className={HEAD}>{keys.columns.what}</th>
            <th className={`${HEAD} w-[22%]`}>{keys.columns.who}</th>
            <th className={`${HEAD} w-34 max-lg:hidden`}>{keys.columns.moves}</th>
            <th className={`${HEAD} w-32`}>{keys.columns.issued}</th>
            <th className={`${HEAD} w-48`}>{keys.columns.state}</th>
            <th className="w-14">
              <span className="sr-only">{words.common.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line max-md:block">
          {rows.map((key) => (
            <KeyRow key={key.id} record={key} onChange={onChange} />
          ))}
        </tbody>
      </table>
    </div>
  )
}
