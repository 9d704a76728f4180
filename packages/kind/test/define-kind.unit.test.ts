import type { Bellhop, CompletedJob, SubmittedJob } from '@bellhop/client'
import { defineKind, z } from '@bellhop/kind'
import { expectTypeOf, test } from 'vitest'

const songCount = defineKind({
  name: 'song.count',
  version: 1,
  input: z.object({ title: z.string(), verses: z.number().default(3) }),
  output: z.object({ lines: z.number() }),
  run: ({ input }) => {
    expectTypeOf(input).toEqualTypeOf<{ title: string; verses: number }>()
    return Promise.resolve({ lines: input.verses * 4 })
  },
})

declare module '@bellhop/kind' {
  interface JobKinds {
    'song.count': typeof songCount
  }
}

declare const jobs: Bellhop['jobs']

test('a kind that declares itself is typed by its name alone, from submit to the output', () => {
  const submit = () => jobs.submit('song.count', { title: 'Tides' })
  const wait = async () => jobs.wait(await submit())
  expectTypeOf(submit).returns.resolves.toEqualTypeOf<SubmittedJob<'song.count'>>()
  expectTypeOf(wait).returns.resolves.toEqualTypeOf<CompletedJob<'song.count'>>()
  expectTypeOf<CompletedJob<'song.count'>['output']>().toEqualTypeOf<{ lines: number }>()
  // @ts-expect-error -- its title is missing
  void (() => jobs.submit('song.count', { verses: 2 }))
})

test('a slip in a name does not compile; a name that is only known at run time gives and takes what nobody knows', () => {
  // @ts-expect-error -- there is no such kind
  void (() => jobs.submit('song.cuont', { title: 'Tides' }))
  const named = (name: string) => jobs.submit(name, { whatever: true })
  expectTypeOf(named).returns.resolves.toEqualTypeOf<SubmittedJob<string>>()
  expectTypeOf<CompletedJob<string>['output']>().toBeUnknown()
})

test('what run gives must fit the output', () => {
  void (() =>
    // @ts-expect-error -- lines is a number
    defineKind({ ...songCount, run: () => Promise.resolve({ lines: 'many' }) }))
})
