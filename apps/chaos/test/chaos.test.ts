import { expect, test } from 'vitest'
import { reportAsText } from '../src/report.ts'
import { runChaos } from '../src/run-chaos.ts'
import { SHORT_SCENARIOS } from '../src/scenarios.ts'

test('whatever is killed, paused or restarted, every watcher sees every job rise to its one end, and none is lost', async () => {
  const outcomes = await runChaos(SHORT_SCENARIOS)
  console.log(reportAsText(outcomes))
  expect(outcomes.flatMap(({ faults }) => faults)).toEqual([])
  for (const { lost, duplicates, recoveryMs } of outcomes) {
    expect({ lost, duplicates }).toEqual({ lost: 0, duplicates: 0 })
    expect(recoveryMs).not.toBeNull()
  }
}, 180_000)
