/**
 * Thrown in a child process when the file itself is at fault; the parent makes a JobInputError of it. A class of its own,
 * because to import the model's takes a quarter of a second (zod), as long as all the rest of a child's start.
 */
export class InputFault extends Error {
  override readonly name = 'InputFault'
  readonly code: string

  constructor(code: string, sentence: string, options?: ErrorOptions) {
    super(sentence, options)
    this.code = code
  }
}
