import { mischief } from '../mischief.ts'

export default mischief(2)
