import { serveTask } from '../child/serve-task.ts'
import { profileDataset } from './profile.ts'

serveTask(profileDataset)
