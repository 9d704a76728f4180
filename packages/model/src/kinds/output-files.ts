import { isId } from '../ids.ts'
import type { OutputFile } from './output-file.ts'

/**
 * What lies under `files` of the output of a job of any kind; a team's own may call anything by that name. Without the
 * schema, which would bring zod into every page.
 */
export function outputFilesOf(output: unknown): readonly OutputFile[] {
  return isRecord(output) && Array.isArray(output['files']) ? output['files'].filter(isOutputFile) : []
}

function isOutputFile(value: unknown): value is OutputFile {
  if (!isRecord(value) || !isId('output', value['id'])) return false
  const { role, name, mediaType, sizeBytes } = value
  return [role, name, mediaType].every((text) => typeof text === 'string') && typeof sizeBytes === 'number'
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
