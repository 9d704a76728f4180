import type { OperationsWords } from './en-operations.ts'
import { formatsFor } from './format.ts'

const { count, duration, percent, precise } = formatsFor('ko')

export const koOperations: OperationsWords = {
  title: '운영',
  help: '무엇이 기다리고 무엇이 실행되며 어떻게 되어 가는지를 설치 전체에 걸쳐 봅니다. 작업 이름은 이 워크스페이스의 것만 보입니다.',
  membersHelp: '대기 중인 작업과 워커의 상태는 워크스페이스 소유자가 볼 수 있습니다.',
  open: '운영',
  behind: (when) => `지금 서버가 응답하지 않습니다. 이 수치는 ${when} 기준입니다.`,
  capacity: '처리 능력',
  waiting: '대기',
  nothingWaits: '대기 없음',
  oldest: (ms) => `가장 오래된 대기 ${precise(ms)}`,
  slotsBusy: '사용 중인 슬롯',
  of: (part, whole) => `${count(whole)} 중 ${count(part)}`,
  hereOf: (waiting, running) => `여기: 대기 ${count(waiting)}, 실행 ${count(running)}`,
  workers: '워커',
  workWaiting: '대기 중인 일의 양',
  drain: (workMs, slots, drainMs) =>
    workMs < 1
      ? `슬롯을 기다리는 작업이 없습니다. 이 상태가 이어지면 슬롯 ${count(slots)}개보다 적어도 됩니다.`
      : `기다리는 일은 슬롯 하나로 ${precise(workMs)} 분량이며, 지금의 슬롯 ${count(slots)}개로 약 ${precise(drainMs)} 걸립니다. 너무 길면 워커를 더 시작하세요.`,
  noWorkers: '실행 중인 워커가 없어 대기 중인 작업이 시작되지 않습니다. 워커를 시작하세요.',
  queue: '종류별 대기열',
  queueEmpty: '대기 중이거나 실행 중인 작업이 없습니다.',
  queueColumns: {
    kind: '종류',
    waiting: '대기',
    oldest: '가장 오래됨',
    running: '실행 중',
    later: '나중에',
    each: '한 건당',
    work: '대기 중인 일',
  },
  none: '–',
  notKnown: '아직 모름',
  workerName: (host, pid) => `${host}, 프로세스 ${pid}`,
  slotsOf: (busy, slots) => `슬롯 ${count(slots)}개 중 ${count(busy)}개 사용`,
  silent: (ms) => `${duration(ms)} 동안 무응답`,
  runs: (worker) => `실행 중인 작업: ${worker}`,
  elsewhere: (jobs) => `다른 워크스페이스의 작업 ${count(jobs)}건`,
  idle: '일을 기다리는 중',
  ended: '최근 결과',
  endedNone: '최근 하루 동안 끝난 작업이 없습니다.',
  lastHour: '최근 1시간',
  chartSummary: (ended, failed) =>
    `분당 막대 하나: 최근 1시간 동안 작업 ${count(ended)}건이 끝났고 그중 ${count(failed)}건이 실패했습니다.`,
  spans: { fiveMinutes: '5분', hour: '1시간', day: '24시간' },
  failed: (fraction) => `${percent(fraction)} 실패`,
  waited: '대기, p50 / p90',
  ran: '실행, p50 / p90',
  times: (half, most) => `${precise(half)} / ${precise(most)}`,
}
