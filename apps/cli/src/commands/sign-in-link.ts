import { command } from '../command.ts'
import { connectFrom, connectionArgs } from '../connection.ts'
import { EXIT } from '../exit-code.ts'
import { openOutput, outputArgs } from '../output.ts'

export const signInLink = command({
  name: 'sign-in-link',
  description: 'Print a link that signs you in to the page, once.',
  args: { json: outputArgs.json, ...connectionArgs },
  async run(args) {
    const output = openOutput({ json: args.json, quiet: true })
    await using bellhop = await connectFrom(args)
    const { url } = await bellhop.account.signInLink()
    output.answer(url)
    output.event({ type: 'result', url })
    return EXIT.done
  },
})
