import type { JobKindName } from '@bellhop/model'
import { datasetProfileProcessor } from './dataset/dataset-profile.ts'
import { fileVerifyProcessor } from './file-verify.ts'
import { imageVariantsProcessor } from './image/image-variants.ts'
import type { Processor } from './processor.ts'

/** Total over the kinds: a kind that nobody runs does not compile. */
export const PROCESSORS: { readonly [K in JobKindName]: Processor<K> } = {
  'image.variants': imageVariantsProcessor,
  'dataset.profile': datasetProfileProcessor,
  'file.verify': fileVerifyProcessor,
}
