import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { errorsPage } from '../scripts/errors-page.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
]

test('docs/errors.md is what the table of codes says', () => {
  expect(readFileSync(join(ROOT, 'docs/errors.md'), 'utf8')).toBe(errorsPage())
})

test.each(pages)('every path that %s names is there', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8')
  const inCode = [...text.matchAll(/`((?:apps|packages|docs|drizzle|patches)\/[\w./-]+)`/g)].map(([, path]) => path!)
  const linked = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => join(page, '..', path!))
  expect([...inCode, ...linked].filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
})

test('every file that stands for an invariant is there', () => {
  const table = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\| (K|J|V|E)\d/.test(line))
  const cited = table.flatMap((line) => {
    let folder = ''
    return line
      .split('|')
      .slice(3)
      .flatMap((cell) => [...cell.matchAll(/`([\w./-]+\.(?:ts|sql)|[\w./-]+\/)`/g)].map(([, path]) => path!))
      .map((path) => {
        // A bare name lies in the folder of the one before it.
        if (path.includes('/') && !path.startsWith('processors')) folder = path.slice(0, path.lastIndexOf('/') + 1)
        const whole = path.includes('/') && !path.startsWith('processors') ? path : folder + path
        return /^(apps|drizzle)\//.test(whole) ? whole : `packages/${whole}`
      })
  })
  expect(cited.length).toBeGreaterThan(30)
  expect(cited.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
})
