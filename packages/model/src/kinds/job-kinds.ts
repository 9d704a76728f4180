import type { z } from 'zod'
import type { BuiltInKinds } from './index.ts'

/**
 * Every kind of job that the compiler knows, by name. A team's own are added to it where they are defined:
 * `declare module '@bellhop/kind' { interface JobKinds { 'team.noun': typeof theirKind } }`.
 */
export interface JobKinds extends BuiltInKinds {}

/** A name that the compiler knows. */
export type KnownKindName = Extract<keyof JobKinds, string>
/**
 * What names a kind in a call: one that the compiler knows, or a `string` of which it knows nothing; then input and
 * output are `unknown`. A literal that it does not know is a slip.
 */
export type KindArgument<K extends string> = K extends KnownKindName ? K : string extends K ? K : never

type Schema<K, Of extends 'input' | 'output'> = K extends KnownKindName ? JobKinds[K][Of] : z.ZodUnknown

/** What a caller passes: defaults may be left out. */
export type JobInput<K extends string> = z.input<Schema<K, 'input'>>
/** What `run` receives: defaults filled in. */
export type ParsedJobInput<K extends string> = z.output<Schema<K, 'input'>>
export type JobOutput<K extends string> = z.output<Schema<K, 'output'>>
