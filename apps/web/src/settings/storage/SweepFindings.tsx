import type { StoreSweep } from '@bellhop/model'
import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import { ScrollArea } from '../../ui/ScrollArea.tsx'
import { useWords } from '../../words/use-words.ts'

/** The figures of a walk through the bucket; what needs a person stands out. */
export function SweepFindings({ sweep }: { readonly sweep: StoreSweep }) {
  const { settings, format } = useWords()
  const { sweep: say } = settings.storage
  const missingTitle = useId()
  const figures = [
    { name: say.objectsSeen, value: sweep.objectsSeen, ink: '' },
    { name: say.leftoversRemoved, value: sweep.leftoversRemoved, ink: '' },
    { name: say.multipartAborted, value: sweep.multipartAborted, ink: '' },
    { name: say.filesMended, value: sweep.filesMended, ink: '' },
    { name: say.unknownObjects, value: sweep.unknownObjects, ink: sweep.unknownObjects > 0 ? 'text-warn' : '' },
    { name: say.filesMissing, value: sweep.filesMissing, ink: sweep.filesMissing > 0 ? 'text-bad' : '' },
  ]
  return (
    <>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3 lg:grid-cols-6">
        {figures.map(({ name, value, ink }) => (
          <div key={name}>
            <dt className="text-xs text-faint">{name}</dt>
            <dd className={`figures text-lg font-semibold ${ink}`}>{format.count(value)}</dd>
          </div>
        ))}
      </dl>
      {sweep.unknownKeys.length > 0 && (
        <div className="flex flex-col gap-2">
          <p className="text-sm text-muted">{say.unknownHelp(sweep.unknownKeys.length, sweep.unknownObjects)}</p>
          <ScrollArea label={say.unknownObjects} className="max-h-48 rounded-lg border border-line bg-sunken">
            <ul className="w-max px-3.5 py-2.5 font-mono text-xs">
              {sweep.unknownKeys.map((key) => (
                <li key={key} className="select-all">
                  {key}
                </li>
              ))}
            </ul>
          </ScrollArea>
        </div>
      )}
      {sweep.filesMissing > 0 && <p className="text-sm text-bad">{say.missingSome}</p>}
      {sweep.missingFiles.length > 0 && (
        <div className="flex flex-col gap-2">
          <p id={missingTitle} className="text-sm text-muted">
            {say.missingHere}
          </p>
          <ul aria-labelledby={missingTitle} className="flex flex-col gap-1">
            {sweep.missingFiles.map(({ id, name }) => (
              <li key={id} className="flex">
                <Link to="/files/$fileId" params={{ fileId: id }} className="font-medium wrap-anywhere hover:underline">
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  )
}
