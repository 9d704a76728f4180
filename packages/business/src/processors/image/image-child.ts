import { serveTask } from '../child/serve-task.ts'
import { makeVariants } from './make-variants.ts'

serveTask(makeVariants)
