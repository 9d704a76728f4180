import { ChevronDown, FolderUp, Upload } from 'lucide-react'
import { Button as AriaButton, MenuTrigger } from 'react-aria-components'
import { Button } from '../ui/Button.tsx'
import { Menu, MenuItem } from '../ui/Menu.tsx'
import { useWords } from '../words/use-words.ts'
import { useFilePicking } from './use-file-picking.ts'

export function UploadButton() {
  const words = useWords()
  const { pick } = useFilePicking()
  return (
    <span className="inline-flex">
      <span className="[&>button]:rounded-r-none">
        <Button look="primary" onPress={() => pick('files')}>
          <Upload aria-hidden size={16} strokeWidth={2.2} />
          {words.catalog.upload}
        </Button>
      </span>
      <MenuTrigger>
        <AriaButton
          aria-label={words.catalog.uploadMenu}
          className="grid h-9 w-8 place-items-center rounded-r-lg border-l border-on-accent/25 bg-accent text-on-accent shadow-card data-[hovered]:bg-accent-hover"
        >
          <ChevronDown aria-hidden size={15} strokeWidth={2.2} />
        </AriaButton>
        <Menu>
          <MenuItem onAction={() => pick('files')}>
            <Upload aria-hidden size={15} />
            {words.catalog.uploadFiles}
          </MenuItem>
          <MenuItem onAction={() => pick('folder')}>
            <FolderUp aria-hidden size={15} />
            {words.catalog.uploadFolder}
          </MenuItem>
        </Menu>
      </MenuTrigger>
    </span>
  )
}
