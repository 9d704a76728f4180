import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestPlatform } from '@bellhop/testkit'
import { expect, test, vi } from 'vitest'

test('a platform that cannot start leaves no folder behind', async () => {
  const own = await mkdtemp(join(tmpdir(), 'bellhop-testkit-'))
  vi.stubEnv('TMPDIR', own)
  try {
    await expect(startTestPlatform({ databaseUrl: 'postgres://nobody@127.0.0.1:1/nothing' })).rejects.toThrow()
    expect(await readdir(own)).toEqual([])
  } finally {
    vi.unstubAllEnvs()
    await rm(own, { recursive: true })
  }
})
