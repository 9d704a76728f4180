import { literal } from './sql-text.ts'
import { type AnyView } from './view.ts'

/**
 * The name under which a dependency's changes stand in the log: the view's own, or, when they wait for a schedule of
 * their own, `<view>/<number>`, so that the log's index finds either without reading past the other.
 */
export function logName(view: AnyView, dependency: number): string {
  return isDelayed(view, dependency) ? `${view.name}/${dependency}` : view.name
}

/** Every name of the view in the log; its own is the first. */
export function logNames(view: AnyView): readonly string[] {
  const numbers = view.depends.map((_, index) => index + 1)
  return [view.name, ...numbers.filter((number) => isDelayed(view, number)).map((number) => logName(view, number))]
}

/** Those names as an SQL list. */
export function logNameList(view: AnyView): string {
  return logNames(view).map(literal).join(', ')
}

function isDelayed(view: AnyView, dependency: number): boolean {
  const found = view.depends[dependency - 1]
  return found !== undefined && found.kind !== 'table' && found.schedule !== undefined
}
