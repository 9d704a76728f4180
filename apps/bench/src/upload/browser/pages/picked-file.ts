/** The file that the benchmark picked in the page's one input. */
export function pickedFile(): File {
  const file = document.querySelector('input')?.files?.item(0)
  if (!file) throw new Error('No file has been picked.')
  return file
}
