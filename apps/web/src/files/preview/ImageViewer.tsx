import type { FileDetail, JobOutput } from '@bellhop/model'
import { Dialog, Modal, ModalOverlay } from 'react-aria-components'
import { useWords } from '../../words/use-words.ts'
import { LayeredPicture } from './LayeredPicture.tsx'
import { type PictureSource, sourceFor } from './picture-sources.ts'
import { useZoom } from './use-zoom.ts'
import { ViewerBar } from './ViewerBar.tsx'
import { fittingSize } from './zoom.ts'

interface ImageViewerProps {
  readonly file: FileDetail
  readonly output: JobOutput<'image.variants'>
  readonly sources: readonly PictureSource[]
}

/** A picture that fills the window, to be looked at closely. Escape closes it. */
export function ImageViewer(props: ImageViewerProps) {
  const words = useWords()
  return (
    <ModalOverlay className="fade fixed inset-0 z-50 bg-[#0b0c0d]" isDismissable={false}>
      <Modal className="size-full">
        <Dialog
          aria-label={words.file.previewOf(props.file.name)}
          className="relative size-full text-white outline-none"
          style={{ colorScheme: 'dark' }}
        >
          {({ close }) => <Stage {...props} onClose={close} />}
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function Stage({ file, output, sources, onClose }: ImageViewerProps & { readonly onClose: () => void }) {
  const words = useWords()
  const control = useZoom(output)
  const { zoom, stage, held } = control
  const fitting = fittingSize(output, stage)
  const shownPx = fitting.width * zoom.scale
  const source = sourceFor(sources, shownPx * devicePixelRatio)
  return (
    // The keys work wherever the focus is within the viewer; whoever presses the picture brings it here.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- it listens for its buttons, which do the same
    <div tabIndex={-1} className="absolute inset-0 outline-none" onKeyDown={control.onKeyDown}>
      <div
        {...control.stageProps}
        className={`absolute inset-0 touch-none overflow-hidden select-none ${
          zoom.scale > 1 ? (held ? 'cursor-grabbing' : 'cursor-grab') : 'cursor-zoom-in'
        }`}
      >
        <div
          className={`absolute top-1/2 left-1/2 ${held ? '' : 'motion-safe:transition-transform motion-safe:duration-100'}`}
          style={{
            width: fitting.width,
            height: fitting.height,
            transform: `translate(-50%, -50%) translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.scale})`,
          }}
        >
          {source !== undefined && (
            <LayeredPicture
              source={source}
              alt={words.file.previewOf(file.name)}
              blurhash={output.blurhash}
              squares={shownPx > output.width * 2}
            />
          )}
        </div>
      </div>
      <ViewerBar name={file.name} control={control} shown={shownPx / output.width} onClose={onClose} />
    </div>
  )
}
