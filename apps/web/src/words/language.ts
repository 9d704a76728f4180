import { settingStore } from '../ui/setting.ts'

export const LANGUAGES = ['en', 'ko'] as const
export type Language = (typeof LANGUAGES)[number]

/** The choice of this browser; before one is made, Korean where the browser prefers it to English. */
export const languageSetting = settingStore('bellhop.language', LANGUAGES, () => {
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag === 'ko' || tag === 'en')
  return wanted === 'ko' ? 'ko' : 'en'
})
