import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { Button } from './Button.tsx'

interface ConfirmDialogProps {
  readonly title: string
  readonly help: string
  readonly confirmText: string
  readonly cancelText: string
  readonly busy: boolean
  /** Why the last try failed. */
  readonly error: string | null
  readonly onConfirm: () => void
}

/** The inside of a DialogTrigger for what cannot be undone. */
export function ConfirmDialog({ title, help, confirmText, cancelText, busy, error, onConfirm }: ConfirmDialogProps) {
  return (
    <ModalOverlay
      isDismissable={!busy}
      className="fade fixed inset-0 z-50 grid place-items-center bg-black/40 p-4 backdrop-blur-[2px]"
    >
      <Modal className="rise w-full max-w-md">
        <Dialog
          role="alertdialog"
          className="flex flex-col gap-3 rounded-2xl border border-line bg-surface p-6 shadow-float outline-none"
        >
          {({ close }) => (
            <>
              <Heading slot="title" className="text-lg font-semibold wrap-anywhere">
                {title}
              </Heading>
              <p className="text-muted">{help}</p>
              {error !== null && (
                <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 text-bad">
                  {error}
                </p>
              )}
              <div className="mt-3 flex justify-end gap-2">
                <Button onPress={close} isDisabled={busy}>
                  {cancelText}
                </Button>
                <Button look="danger" onPress={onConfirm} isDisabled={busy}>
                  {confirmText}
                </Button>
              </div>
            </>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
