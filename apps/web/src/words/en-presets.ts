import type { VariantQuality } from '@bellhop/model'
import type { RatioName } from '../settings/presets/preset-draft.ts'

/** Settings: how files are processed, by name. */
export const enPresets = {
  help: 'A preset is a name for how files are processed here. A job may be asked for with it, by its name; the default of a kind is taken where none is named, for what is uploaded too.',
  emptyTitle: 'No presets yet',
  emptyHelp: 'Images come in three widths, as WebP and AVIF. Make a preset for other sizes, formats or a cut.',
  add: 'New preset',
  kind: 'For',
  name: 'Name',
  nameHint: 'product',
  noName: 'Give it a name.',
  nameTaken: 'There is one of that name. Edit it, or choose another name.',
  keep: 'Save preset',
  announceKept: 'The preset is saved.',
  editNamed: (name: string) => `Edit ${name}`,
  removeNamed: (name: string) => `Remove ${name}`,
  removeTitle: 'Remove this preset?',
  removeHelp: (name: string) => `What was made with “${name}” stays. Requests that name it will be refused.`,
  remove: 'Remove',
  announceRemoved: 'The preset is removed.',
  isDefault: 'Used by default',
  useByDefault: 'Use it by default, for everything that is uploaded too. It takes the place of the default before it.',
  misfit: 'No longer fits its kind of job',
  nothingSet: 'Everything as usual',
  settings: {
    widths: 'Widths',
    formats: 'Formats',
    quality: 'Quality',
    aspectRatio: 'Cut',
    focalPoint: 'Middle of the cut',
    metadata: 'Metadata',
  } as Readonly<Record<string, string>>,
  widthsHelp: 'In pixels, at most eight. An image is never made larger than it is.',
  wrongWidths: 'Give one to eight whole numbers from 16 to 8192, such as 640, 1280.',
  noFormat: 'Choose at least one.',
  qualities: { small: 'Small', balanced: 'Balanced', fine: 'Fine' } satisfies Record<VariantQuality, string> as Record<
    VariantQuality,
    string
  >,
  ratios: {
    whole: 'None, the whole image',
    square: 'Square, 1 : 1',
    wide: 'Wide, 16 : 9',
    photo: 'Photo, 3 : 2',
    upright: 'Upright, 4 : 5',
  } satisfies Record<RatioName, string> as Record<RatioName, string>,
  keepRights: 'Keep who made it and whose it is. Where and with what it was taken is always left out.',
  json: 'Settings as JSON',
  jsonHelp: 'The input of this kind of job, without the file.',
  noJson: 'This is not a JSON object, such as { "widths": [640] }.',
}
