import type { StoreCheckName } from '@bellhop/model'
import type { SettingsWords } from './en-settings.ts'
import { formatsFor } from './format.ts'
import { koPresets } from './ko-presets.ts'
import { koWebhooks } from './ko-webhooks.ts'

const { count, duration } = formatsFor('ko')

/** What to do about a check that failed. The figures, and what is particular, stand in the server's own sentence. */
const FIXES: Readonly<Record<StoreCheckName, string>> = {
  reachable: '저장소의 주소와 버킷 이름, 접근 키와 그 권한을 확인하세요.',
  clock: '이 서버와 저장소의 시계를 NTP로 맞추세요.',
  'public-address': 'S3_PUBLIC_ENDPOINT를 같은 저장소로 이어지고 요청을 그대로 전달하는 주소로 설정하세요.',
  cors: '버킷에 이 CORS 규칙을 설정하세요.',
  'cors-headers': '버킷에 이 CORS 규칙을 설정하세요.',
  private: '버킷의 공개 접근을 끄고, 객체별 ACL을 무시하도록 설정하세요.',
  length: '서명된 요청을 끝까지 검증하는 저장소를 쓰세요.',
  type: '서명된 요청을 끝까지 검증하는 저장소를 쓰세요.',
  'payload-sha256': '할 일은 없습니다. Bellhop이 다른 방법으로 내용을 비교합니다.',
  'checksum-sha256': '할 일은 없습니다. Bellhop이 다른 방법으로 내용을 비교합니다.',
  'checksum-crc64nvme': '할 일은 없습니다.',
  'put-if-none-match': '사용자를 믿을 수 있다면 할 일은 없습니다. 내용에 묶인 키는 다른 내용을 받지 않습니다.',
  'complete-if-none-match': '할 일은 없습니다. Bellhop은 객체 이름을 한 번씩만 씁니다.',
  expiry: '저장소의 시계를 맞추거나 다른 저장소를 쓰세요. 이 저장소의 키는 만료되지 않습니다.',
  lifecycle: '버킷의 수명 주기 규칙을 확인하세요.',
}

export const koSettings = {
  title: '설정',
  sections: { storage: '저장소', room: '공간', keys: '키', presets: '프리셋', webhooks: '웹훅' },
  ownersOnly: '워크스페이스 소유자를 위한 화면입니다',

  storage: {
    membersHelp: '저장소의 위치와 상태는 소유자에게만 보입니다. 업로드와 다운로드는 평소대로 쓸 수 있습니다.',
    headlines: {
      green: '저장소가 Bellhop이 바라는 모든 것을 지킵니다',
      amber: '동작하지만 일부가 빠져 있습니다',
      red: '업로드가 실패합니다',
    },
    headlineHelp: {
      green: '모든 보호 장치가 작동합니다.',
      amber: '파일은 도착하고 확인됩니다. 빠진 보호 장치와 할 일은 아래에 있습니다.',
      red: '업로드나 다운로드에 꼭 필요한 것이 어긋나 있습니다. 할 일은 아래에 있습니다.',
    },
    states: { green: '좋음', amber: '부족', red: '고장' },
    checked: (ago) => `${ago} 확인`,
    checkNow: '지금 확인',
    checking: '확인하는 중…',
    checkingHelp: 'Bellhop이 작은 객체를 쓰고 읽고 지웁니다. 남는 것은 없습니다.',
    announceChecked: (headline) => `확인을 마쳤습니다. ${headline}`,
    neverTitle: '아직 저장소를 확인하지 않았습니다',
    neverHelp: '저장소가 무엇을 지키는지 시험하고, 빠진 것을 알려 줍니다. 남는 것은 없습니다.',
    where: '내용이 있는 곳',
    endpoint: '주소',
    publicEndpoint: '사용자가 닿는 주소',
    bucket: '버킷',
    binding: '키가 묶인 대상',
    whatItMeans: '무슨 뜻인가요?',
    bindings: {
      'store-sha256': {
        name: '정확히 그 내용, 증거는 저장소가 보관',
        mean: '키는 만들기 전에 해시한 바로 그 내용에만 쓸 수 있습니다. 저장소가 SHA-256을 직접 계산해 다른 내용을 거부하고, 객체와 함께 보관합니다.',
      },
      sha256: {
        name: '정확히 그 내용',
        mean: '키는 만들기 전에 해시한 바로 그 내용에만 쓸 수 있고, 저장소가 다른 내용을 거부합니다. 저장소는 지문을 보관하지 않으므로 Bellhop이 보관합니다.',
      },
      none: {
        name: '한 객체와 그 길이',
        mean: '내용을 키와 비교하지 않는 저장소입니다. 파일이 도착하면 Bellhop이 다시 읽어 비교합니다.',
      },
    },
    groups: { reach: '연결', pages: '웹 페이지에서', keys: '키가 지키는 것', housekeeping: '정리' },
    allGood: (value) => `${count(value)}개 모두 좋음`,
    someGood: (good, all) => `${count(all)}개 중 ${count(good)}개 좋음`,
    checks: {
      reachable: {
        title: 'Bellhop이 버킷에 닿습니다',
        why: '목록, 쓰기, 읽기, 지우기, 나누어 보내기가 되어야 합니다.',
      },
      clock: {
        title: '시계가 맞습니다',
        why: '키의 수명은 저장소의 시계로 판단됩니다. 몇 분만 어긋나도 모든 키가 거부됩니다.',
      },
      'public-address': {
        title: '공개 주소가 이 저장소입니다',
        why: '키는 사용자가 닿는 주소로 만들어집니다. 그 뒤에는 같은 버킷이 있어야 합니다.',
      },
      cors: {
        title: '웹 페이지에서 보내고 읽을 수 있습니다',
        why: '브라우저는 이 주소의 페이지가 저장소를 써도 되는지 저장소에 묻습니다(CORS).',
      },
      'cors-headers': {
        title: '웹 페이지에서 응답을 읽을 수 있습니다',
        why: 'ETag와 범위 헤더가 없으면 멈춘 다운로드를 이어 갈 수 없습니다.',
      },
      private: {
        title: '파일은 비공개로 남습니다',
        why: '키 없이는 아무도 읽을 수 없고, 보낸 사람도 모두에게 공개할 수 없습니다.',
      },
      length: { title: '키가 길이를 지킵니다', why: '키에 적힌 것보다 많거나 적은 내용은 거부됩니다.' },
      type: { title: '키가 형식을 지킵니다', why: '키에 적힌 것과 다른 형식은 거부됩니다.' },
      'payload-sha256': { title: '키가 내용을 지킵니다', why: '해시한 것과 다른 내용은 도착할 때 거부됩니다.' },
      'checksum-sha256': {
        title: '저장소가 SHA-256을 보관합니다',
        why: '저장소가 지문을 직접 계산하므로 증거가 Bellhop에만 달려 있지 않습니다.',
      },
      'checksum-crc64nvme': {
        title: '저장소가 CRC-64를 보관합니다',
        why: '나누어 보낸 파일 전체에 대한 하나의 체크섬입니다.',
      },
      'put-if-none-match': {
        title: '키는 한 번만 씁니다',
        why: '두 번째로 쓰더라도 처음 쓴 내용을 바꿀 수 없습니다.',
      },
      'complete-if-none-match': {
        title: '조각은 한 번만 파일이 됩니다',
        why: '이미 있는 파일은 다른 업로드를 완료해도 바뀌지 않습니다.',
      },
      expiry: { title: '키는 제때 만료됩니다', why: '시간이 지나면 저장소가 거부합니다.' },
      lifecycle: {
        title: '남은 조각은 저절로 지워집니다',
        why: 'Bellhop이 없어지더라도 버킷의 규칙이 미완료 업로드를 지웁니다.',
      },
    },
    fix: ({ name }) => FIXES[name],
    whatToDo: '할 일',
    snippets: {
      cors: { name: '버킷의 CORS 규칙', fix: '버킷에 이 CORS 규칙을 설정하세요.' },
      lifecycle: { name: '버킷의 수명 주기 규칙', fix: '버킷에 이 수명 주기 규칙을 설정하세요.' },
    },

    browser: {
      title: '이 브라우저에서',
      trying: '이 브라우저에서 저장소를 시험하는 중…',
      again: '다시 시험',
      reads: (address) => `이 브라우저가 저장소에 닿고, 응답도 읽을 수 있습니다: ${address}`,
      reaches: (address) => `이 브라우저가 저장소에 닿지만, 저장소가 이 페이지에 응답을 보여 주지 않습니다: ${address}`,
      unreachable: (address) => `이 브라우저는 저장소에 닿지 못합니다: ${address}`,
      mixed: (address) => `https로 연 페이지에서는 브라우저가 http 저장소를 쓰지 못하게 합니다: ${address}`,
      provesKeyed: '사진 하나의 키로 시험했으므로 여기서 다운로드가 됩니다. 보내기는 시험하지 않습니다.',
      provesBare: '키 없이 시험했으므로 길이 있다는 것만 보여 주고, 키가 통하는지는 보여 주지 않습니다.',
      reachesFix:
        '아래 “웹 페이지에서 보내고 읽을 수 있습니다”를 보고, 이 페이지의 주소에 맞게 CORS 규칙을 설정하세요.',
      unreachableFix:
        'S3_PUBLIC_ENDPOINT를 사용자의 브라우저가 닿는 주소로 설정하고, 사이에 방화벽이 없는지 확인하세요.',
      mixedFix: '저장소에 인증서와 https 주소를 마련하고 S3_PUBLIC_ENDPOINT를 그 주소로 설정하세요.',
    },

    sweep: {
      title: '버킷 점검',
      help: '버킷에 있는 것과 Bellhop이 아는 것을 비교합니다. 업로드가 남긴 것은 지우고, 파일은 절대 지우지 않습니다.',
      now: '지금 점검',
      running: '버킷을 살펴보는 중…',
      announceEnded: '버킷 점검을 마쳤습니다.',
      begun: '버킷 점검을 시작했습니다.',
      ended: (ago) => `${ago} 마침`,
      never: '아직 이 버킷을 점검하지 않았습니다.',
      objectsSeen: '살펴본 객체',
      leftoversRemoved: '지운 잔여물',
      multipartAborted: '끝낸 미완료 업로드',
      filesMended: '완성한 파일',
      unknownObjects: '모르는 객체',
      filesMissing: '사라진 파일',
      unknownHelp: (shown, total) =>
        shown >= total
          ? 'Bellhop이 모르는 객체입니다. 직접 올린 것일 수 있으므로 그대로 둡니다.'
          : `Bellhop이 모르는 객체입니다. 직접 올린 것일 수 있으므로 그대로 둡니다. ${count(total)}개 중 처음 ${count(shown)}개:`,
      missingSome: '파일의 객체가 버킷에서 사라졌습니다. 버전이 보관되어 있다면 되돌리세요.',
      missingHere: '이 워크스페이스의 가장 최근 파일:',
    },
  },

  room: {
    membersHelp: '이 한도는 워크스페이스 소유자가 정합니다.',
    held: '지금 있는 것',
    bytes: '크기',
    files: '파일',
    used: '있음',
    reserved: '올라오는 중',
    free: '남음',
    of: (used, allowed) => `${allowed} 중 ${used}`,
    unbounded: '한도 없음',
    full: '가득 찼습니다. 파일을 지우거나 한도를 늘릴 때까지 더 받지 않습니다.',
    outputsHelp: '작업이 파일로 만든 것은 세지 않습니다.',
    bounds: '한도',
    maxBytes: '모든 파일의 합',
    maxFiles: '파일 수',
    maxFileBytes: '가장 큰 파일',
    mediaTypes: '받는 형식',
    noBound: '한도 없음',
    leaveEmpty: '비워 두면 한도가 없습니다.',
    unit: (field) => `단위: ${field}`,
    allTypes: '모든 형식',
    typeHint: 'image/* 또는 text/csv',
    removeType: (type) => `형식 ${type} 제거`,
    types: { 'image/*': '이미지', 'video/*': '동영상', 'audio/*': '오디오', 'text/csv': 'CSV 표' },
    notANumber: '수를 적거나 비워 두세요.',
    notWhole: '정수를 적거나 비워 두세요.',
    tooLarge: (most) => `파일 하나는 ${most}까지 올릴 수 있습니다.`,
    tooManyFiles: '셀 수 있는 것보다 많습니다.',
    aboveAll: '가장 큰 파일은 모든 파일의 합보다 클 수 없습니다.',
    notAType: 'image/* 또는 text/csv처럼 적어 주세요.',
    tooManyTypes: (most) => `형식은 ${count(most)}개까지 적을 수 있습니다.`,
    belowUsed: '이미 있는 것보다 적습니다. 지워지는 것은 없지만 더 받지 않습니다.',
    save: '한도 저장',
    saving: '저장하는 중…',
    saved: '한도를 저장했습니다.',
    reset: '변경 취소',
  },

  keys: {
    help: '버킷을 여는 모든 키의 기록입니다. 키 하나는 한 객체를 한 가지 목적으로만 열고, 저절로 만료됩니다.',
    ownOnly: '나에게 나간 키만 보입니다. 소유자는 모든 키를 봅니다.',
    search: '키 검색',
    searchHint: '파일 또는 사람…',
    clearSearch: '검색어 지우기',
    ofFile: (name) => `파일: ${name}`,
    ofThisFile: '한 파일',
    ofPerson: (name) => `사람: ${name}`,
    ofThisPerson: '한 사람',
    removeFilter: (what) => `필터 제거: ${what}`,
    onlyFile: (name) => `이 파일의 키만: ${name}`,
    onlyPerson: (name) => `이 사람의 키만: ${name}`,
    columns: { what: '목적', who: '사람', moves: '최대 크기', issued: '만든 때', state: '상태' },
    purposes: {
      upload: '파일 보내기',
      'upload-part': '조각 보내기',
      download: '다운로드',
      preview: '화면에 보이기',
      job: '작업이 읽기',
    },
    part: (number) => `조각 ${count(number)}`,
    parts: (first, last) => `조각 ${count(first)}–${count(last)}`,
    goneFile: '사라진 파일',
    gonePerson: '떠난 사람',
    from: (address) => `${address}에서`,
    lives: (ms) => `${duration(ms)} 남음`,
    until: (when) => `${when}까지`,
    ended: '만료됨',
    used: '사용됨',
    revoked: '철회됨',
    stillLives: (ms) => `이미 나간 키는 ${duration(ms)} 뒤 만료`,
    revoke: '철회',
    revokeNamed: (what, file) => `키 철회: ${what}, ${file}`,
    revokeTitle: '이 키를 철회할까요?',
    revokeHelp: {
      upload:
        '업로드가 끝나고, 도착한 내용은 지워집니다. 키를 가진 사람은 만료될 때까지 쓸 수 있지만, 그 내용은 파일이 되지 않습니다.',
      'upload-part': '버킷에서 업로드가 바로 끝나므로 조각의 키는 더 이상 쓸 수 없습니다. 도착한 내용은 지워집니다.',
      download:
        '이 키에 이어지는 키가 나가지 않으므로, 긴 다운로드는 다음 키를 요청할 때 멈춥니다. 키를 가진 사람은 만료될 때까지 새로 시작할 수 있고, 파일을 읽을 수 있는 사람은 다른 키를 요청할 수 있습니다.',
      preview:
        '주소를 가진 사람은 키가 만료될 때까지 그림을 볼 수 있고, 파일을 읽을 수 있는 사람은 다른 키를 요청할 수 있습니다.',
      job: '이 키로 읽는 작업은 키가 만료될 때까지 계속됩니다. 바로 멈추려면 작업을 취소하세요.',
    },
    revokeUntil: (when) => `저절로 만료되는 때: ${when}.`,
    announceRevoked: '키를 철회했습니다.',
    emptyTitle: '아직 키가 없습니다',
    emptyHelp: '첫 업로드의 키부터 여기에 기록됩니다.',
    noMatchTitle: '일치하는 키가 없습니다',
    noMatchHelp: '그런 키를 받은 사람이 없습니다.',
    clearFilters: '모든 키 보기',
    ofFileLink: '이 파일의 키를 받은 사람',
  },

  presets: koPresets,

  webhooks: koWebhooks,
} satisfies SettingsWords
