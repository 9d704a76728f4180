import { createHmac } from 'node:crypto'
import { CliError } from '../cli-error.ts'
import { command } from '../command.ts'
import { addressFile, dataDirOf, readLine, secretFile } from '../data-dir.ts'
import { EXIT } from '../exit-code.ts'
import { openOutput, outputArgs } from '../output.ts'

export const signInLink = command({
  name: 'sign-in-link',
  description: 'Print a link that signs the owner in to the page of this machine, once.',
  args: { json: outputArgs.json },
  async run(args) {
    const output = openOutput({ json: args.json, quiet: true })
    const url = await askForLink()
    output.answer(url)
    output.event({ type: 'result', url })
    return EXIT.done
  },
})

/** The server of this machine gives one to whoever can read its secret. */
async function askForLink(): Promise<string> {
  const { env } = process
  const dataDir = dataDirOf(env)
  const address = await readLine(addressFile(dataDir))
  const secret = env['BELLHOP_SECRET'] || (await readLine(secretFile(dataDir)))
  if (address === undefined || secret === undefined) {
    throw new CliError(
      EXIT.notSignedIn,
      `No Bellhop runs on the data folder ${dataDir}, or you may not read it.`,
      'Run this where Bellhop was started, as the same user, or set BELLHOP_DATA_DIR.',
    )
  }
  const bearer = createHmac('sha256', secret).update('sign-in link').digest('base64url')
  const answer = await fetch(`${address}/auth/sign-in-link`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}` },
  })
  const { url, sentence } = (await answer.json()) as { url?: string; sentence?: string }
  if (url === undefined) throw new CliError(EXIT.failed, sentence ?? `The server answered ${answer.status}.`)
  return url
}
