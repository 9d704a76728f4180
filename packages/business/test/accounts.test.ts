import { ensureFirstOwner } from '@bellhop/business'
import { startTestPlatform } from '@bellhop/testkit'
import type { TestPlatform } from '@bellhop/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let world: TestPlatform
beforeAll(async () => {
  world = await startTestPlatform()
})
afterAll(() => world[Symbol.asyncDispose]())

test('servers that start together on a new database make one owner between them', async () => {
  const { platform } = world
  await platform.database.sql`truncate users, workspaces cascade`
  const owners = await Promise.all(Array.from({ length: 8 }, () => ensureFirstOwner(platform)))
  expect(new Set(owners.map(({ userId }) => userId)).size).toBe(1)
  expect(owners.filter(({ newApiKey }) => newApiKey !== null)).toHaveLength(1)
})

test('sign-in links that are asked for at once are each their own, and each works once', async () => {
  const { identity } = world.platform
  const { email } = await ensureFirstOwner(world.platform)
  const tokens = await Promise.all(Array.from({ length: 5 }, () => identity.issueSignInToken(email)))
  expect(new Set(tokens).size).toBe(5)
  for (const token of tokens) {
    expect(await identity.redeemSignInToken(token, new Headers())).not.toEqual([])
    await expect(identity.redeemSignInToken(token, new Headers())).rejects.toMatchObject({
      code: 'SIGN_IN_LINK_INVALID',
    })
  }
})
