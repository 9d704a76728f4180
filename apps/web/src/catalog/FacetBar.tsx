import type { CatalogFacets, FileType } from '@bellhop/model'
import { FILE_TYPES } from '@bellhop/model'
import { Hash } from 'lucide-react'
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import { FILE_TYPE_ICONS } from '../files/file-type-look.ts'
import { useWords } from '../words/use-words.ts'

const ALL = 'all'
const ROW = 'scrollbar-none -mx-4 flex gap-1.5 overflow-x-auto px-4 py-1 sm:mx-0 sm:flex-wrap sm:px-0'
const CHIP =
  'inline-flex h-8 shrink-0 items-center gap-1.5 rounded-full border border-line bg-surface px-3 text-sm font-medium text-muted transition-colors data-[hovered]:border-line-strong data-[hovered]:text-ink data-[selected]:border-accent data-[selected]:bg-accent-soft data-[selected]:text-accent'

interface FacetBarProps {
  readonly facets: CatalogFacets
  readonly type: FileType | undefined
  readonly tags: readonly string[]
  readonly onType: (type: FileType | undefined) => void
  readonly onTags: (tags: readonly string[]) => void
}

/** Types and tags, each with the number of files that it would leave. */
export function FacetBar({ facets, type, tags, onType, onTags }: FacetBarProps) {
  const words = useWords()
  const counts = new Map(facets.types.map(({ value, count }) => [value, count]))
  const types = FILE_TYPES.filter((each) => counts.has(each) || each === type)
  const all = facets.types.reduce((sum, { count }) => sum + count, 0)
  const offered = new Set([...tags, ...facets.tags.map(({ value }) => value)])
  const tagCounts = new Map(facets.tags.map(({ value, count }) => [value, count]))
  return (
    <div className="flex flex-col gap-1">
      <ToggleButtonGroup
        aria-label={words.catalog.typeFilter}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[type ?? ALL]}
        onSelectionChange={(keys) => onType(types.find((each) => keys.has(each)))}
        className={ROW}
      >
        <ToggleButton id={ALL} className={CHIP}>
          {words.catalog.allTypes}
          <Count value={all} />
        </ToggleButton>
        {types.map((each) => {
          const Icon = FILE_TYPE_ICONS[each]
          return (
            <ToggleButton key={each} id={each} className={CHIP}>
              <Icon aria-hidden size={14} strokeWidth={2} />
              {words.fileTypes[each]}
              <Count value={counts.get(each) ?? 0} />
            </ToggleButton>
          )
        })}
      </ToggleButtonGroup>
      {offered.size > 0 && (
        <ToggleButtonGroup
          aria-label={words.catalog.tagFilter}
          selectionMode="multiple"
          selectedKeys={tags}
          onSelectionChange={(keys) => onTags([...offered].filter((tag) => keys.has(tag)))}
          className={ROW}
        >
          {[...offered].map((tag) => (
            <ToggleButton key={tag} id={tag} className={CHIP}>
              <Hash aria-hidden size={13} strokeWidth={2} className="text-faint" />
              {tag}
              <Count value={tagCounts.get(tag) ?? 0} />
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      )}
    </div>
  )
}

function Count({ value }: { readonly value: number }) {
  const { format } = useWords()
  return <span className="figures text-xs font-normal">{format.count(value)}</span>
}
