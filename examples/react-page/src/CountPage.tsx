import { useJob, useSubmitJob, useUpload } from '@bellhop/react'
import { JobTable } from './JobTable.tsx'

/** Sends a text file to the store, has its words counted, and shows both as they go. */
export function CountPage() {
  const upload = useUpload()
  const submit = useSubmitJob('text.count')
  const { job, error, cancel } = useJob(submit.data)

  const count = async (file: File) => {
    const { id } = await upload.start(file)
    submit.mutate({ fileId: id, top: 3 })
  }

  return (
    <main>
      <h1>Count words</h1>
      <label>
        A text file{' '}
        <input
          type="file"
          onChange={({ target }) => {
            const [file] = target.files ?? []
            if (file) void count(file).catch(() => {}) // `upload.state` shows what went wrong
          }}
        />
      </label>
      {upload.state && (
        <p>
          {upload.state.name}: {upload.state.status}, {upload.state.progress.sentBytes} bytes sent{' '}
          {upload.state.error?.message}
        </p>
      )}
      {job && (
        <section aria-label="The count">
          <p>
            {job.status} {Math.round(job.progress * 100)} % {job.stage} {job.error?.sentence}
          </p>
          {job.output === null ? (
            <button type="button" onClick={() => void cancel()}>
              Cancel
            </button>
          ) : (
            <ul>
              <li>{job.output.words} words</li>
              {job.output.top.map(({ word, times }) => (
                <li key={word}>
                  {times} × {word}
                </li>
              ))}
            </ul>
          )}
        </section>
      )}
      <p role="alert">{(error ?? submit.error)?.message}</p>
      <JobTable />
    </main>
  )
}
