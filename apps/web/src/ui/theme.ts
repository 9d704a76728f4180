import { settingStore } from './setting.ts'

export const THEMES = ['light', 'dark', 'system'] as const

export const themeSetting = settingStore('bellhop.theme', THEMES, () => 'system')

/** Call once, before the first paint. */
export function followTheme(): void {
  const apply = () => {
    const theme = themeSetting.get()
    if (theme === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = theme
  }
  apply()
  themeSetting.subscribe(apply)
}
