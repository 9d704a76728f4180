import { type LucideIcon, Maximize, Minus, Plus, X } from 'lucide-react'
import { Button } from 'react-aria-components'
import { useWords } from '../../words/use-words.ts'
import type { ZoomControl } from './use-zoom.ts'

interface ViewerBarProps {
  readonly name: string
  readonly control: ZoomControl
  /** How large it is shown, against its own size. */
  readonly shown: number
  readonly onClose: () => void
}

const PILL = 'pointer-events-auto flex items-center rounded-full bg-black/65 p-1 shadow-float backdrop-blur-md'

/** What can be done, above and below the picture; it lies over it, and lets everything else through. */
export function ViewerBar({ name, control, shown, onClose }: ViewerBarProps) {
  const { file, common } = useWords()
  return (
    <>
      <header className="pointer-events-none absolute inset-x-0 top-0 flex items-start justify-between gap-3 p-3 sm:p-4">
        <h2 className="pointer-events-auto min-w-0 truncate rounded-full bg-black/65 px-4 py-2.5 text-sm font-medium backdrop-blur-md">
          {name}
        </h2>
        <span className={PILL}>
          <BarButton icon={X} label={common.close} onPress={onClose} focused />
        </span>
      </header>
      <div className="pointer-events-none absolute inset-x-0 bottom-0 flex justify-center p-4 pb-[max(1rem,env(safe-area-inset-bottom))]">
        <div role="toolbar" aria-label={file.zoom} className={PILL}>
          <BarButton
            icon={Minus}
            label={`${file.zoomOut} (−)`}
            onPress={control.smaller}
            disabled={control.zoom.scale <= 1}
          />
          <Button
            aria-label={file.ownSize(file.zoomPercent(shown))}
            onPress={control.own}
            className="figures h-10 min-w-16 rounded-full px-2 text-sm font-medium data-[hovered]:bg-white/15 data-[focus-visible]:outline-2 data-[focus-visible]:outline-white"
          >
            {file.zoomPercent(shown)}
          </Button>
          <BarButton icon={Plus} label={`${file.zoomIn} (+)`} onPress={control.larger} />
          <BarButton
            icon={Maximize}
            label={`${file.zoomFit} (0)`}
            onPress={control.fit}
            disabled={control.zoom.scale <= 1}
          />
        </div>
      </div>
    </>
  )
}

interface BarButtonProps {
  readonly icon: LucideIcon
  readonly label: string
  readonly onPress: () => void
  readonly disabled?: boolean
  readonly focused?: boolean
}

function BarButton({ icon: Icon, label, onPress, disabled = false, focused = false }: BarButtonProps) {
  return (
    <Button
      aria-label={label}
      onPress={onPress}
      isDisabled={disabled}
      // oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog takes the focus, and its way out is the first thing in it
      autoFocus={focused}
      className="grid size-10 place-items-center rounded-full transition-colors data-[disabled]:opacity-40 data-[focus-visible]:outline-2 data-[focus-visible]:outline-white data-[hovered]:bg-white/15"
    >
      <Icon aria-hidden size={18} strokeWidth={2} />
    </Button>
  )
}
