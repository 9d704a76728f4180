import { useJobs } from '@bellhop/react'

/** Every job of the workspace, live. */
export function JobTable() {
  const { jobs = [], counts, loadMore } = useJobs({ limit: 20 })
  return (
    <table>
      <caption>Jobs: {counts?.COMPLETED ?? 0} done</caption>
      <tbody>
        {jobs.map((job) => (
          <tr key={job.id}>
            <td>{job.kind}</td>
            <td>{job.fileName}</td>
            <td>{job.status}</td>
          </tr>
        ))}
      </tbody>
      {loadMore && (
        <tfoot>
          <tr>
            <td>
              <button type="button" onClick={() => void loadMore()}>
                More
              </button>
            </td>
          </tr>
        </tfoot>
      )}
    </table>
  )
}
