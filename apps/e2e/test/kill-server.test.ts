import { killAtEveryStep } from '../src/kill-at-every-step.ts'

killAtEveryStep('server')
