import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './packages/persistence/src/schema/index.ts',
  out: './drizzle',
})
