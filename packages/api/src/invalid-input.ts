import { describeFaults } from '@bellhop/business'
import { AppError } from '@bellhop/model'
import type { ZodError } from 'zod'

/** An input that does not parse, as one of the table's codes, with each fault in words. */
export function invalidInput(error: ZodError): AppError {
  const faults = describeFaults(error)
  return new AppError('INVALID_INPUT', `The request does not have the form that is expected. ${faults.join(' ')}`, {
    details: { faults },
  })
}
