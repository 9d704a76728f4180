/** Room for a suffix such as `-thumbnail.webp` within the 255 characters that a file name may have. */
const STEM_CHARS = 200

/** `photo-640.webp` for `photo.jpg`, `-640.webp`. */
export function outputName(sourceName: string, suffix: string): string {
  const dot = sourceName.lastIndexOf('.')
  const stem = dot > 0 ? sourceName.slice(0, dot) : sourceName
  return Array.from(stem).slice(0, STEM_CHARS).join('') + suffix
}
