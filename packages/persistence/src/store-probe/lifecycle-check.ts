import { GetBucketLifecycleConfigurationCommand } from '@aws-sdk/client-s3'
import type { LifecycleRule } from '@aws-sdk/client-s3'
import { LIMITS } from '@bellhop/model'
import { amber, green } from './finding.ts'
import type { Finding } from './finding.ts'
import type { ProbeGround } from './probe-ground.ts'
import { faultOf } from './store-fault.ts'

const DAY_MS = 24 * 3_600_000
/** A day more than an upload may take. */
const DAYS = Math.ceil(LIMITS.uploadLifeMs / DAY_MS) + 1
const FIX = `Add this lifecycle rule: {"ID": "bellhop-incomplete-uploads", "Status": "Enabled", "Filter": {"Prefix": ""}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": ${DAYS}}}.`

/** Whether parts of uploads that nobody ends go away even when Bellhop is gone, and nothing else does. */
export async function checkLifecycle(ground: ProbeGround): Promise<Finding> {
  try {
    const request = new GetBucketLifecycleConfigurationCommand({ Bucket: ground.bucket })
    const { Rules = [] } = await ground.ask((s3, options) => s3.send(request, options))
    return judge(Rules)
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchLifecycleConfiguration') return judge([])
    const { reach, found } = faultOf(error, ground.store)
    if (reach === 'denied') {
      return amber(
        'These credentials may not see the lifecycle rules (`s3:GetLifecycleConfiguration`), so whether one removes incomplete uploads is not known.',
        `Allow it, or see to it that there is this one. ${FIX}`,
      )
    }
    if (reach === 'unsupported') {
      return amber(
        'The store has no lifecycle rules. Bellhop removes incomplete uploads itself, as long as it runs.',
        'Nothing needs to be done while Bellhop runs; abort what it left when you take it away.',
      )
    }
    return amber(`The lifecycle rules could not be read. ${found}`, FIX)
  }
}

function judge(rules: readonly LifecycleRule[]): Finding {
  const enabled = rules.filter(({ Status }) => Status === 'Enabled')
  const expiring = enabled.find(({ Expiration }) => Expiration?.Days !== undefined || Expiration?.Date !== undefined)
  if (expiring) {
    return amber(
      `The lifecycle rule \`${expiring.ID ?? 'without a name'}\` deletes objects after a time; files of Bellhop vanish with them.`,
      'Take that rule away, or narrow it to a prefix that is not `workspaces/`.',
    )
  }
  const days = enabled
    .filter(coversAll)
    .flatMap(({ AbortIncompleteMultipartUpload: abort }) => abort?.DaysAfterInitiation ?? [])
  if (days.length === 0) {
    return amber('No lifecycle rule removes incomplete uploads. Bellhop does it itself, as long as it runs.', FIX)
  }
  const soonest = Math.min(...days)
  if (soonest * DAY_MS < LIMITS.uploadLifeMs) {
    return amber(`A lifecycle rule aborts uploads after ${soonest} days, and Bellhop lets them take ${DAYS - 1}.`, FIX)
  }
  return green(`A lifecycle rule removes incomplete uploads after ${soonest} days.`)
}

function coversAll({ Filter, Prefix }: LifecycleRule): boolean {
  if (Filter === undefined) return (Prefix ?? '') === ''
  return (
    (Filter.Prefix ?? '') === '' &&
    !Filter.And &&
    !Filter.Tag &&
    Filter.ObjectSizeGreaterThan === undefined &&
    Filter.ObjectSizeLessThan === undefined
  )
}
