import type { ReactNode } from 'react'
import { Brand } from '../frame/Brand.tsx'
import { LanguageMenu } from '../frame/LanguageMenu.tsx'
import { ThemeMenu } from '../frame/ThemeMenu.tsx'
import { PageTitle } from '../ui/PageTitle.tsx'

/** The pages before the door: one card, and the language. */
export function DoorCard({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex items-center justify-between px-4 py-3 sm:px-6">
        <Brand />
        <span className="flex items-center gap-1">
          <LanguageMenu />
          <ThemeMenu />
        </span>
      </header>
      <main className="grid flex-1 grid-cols-1 place-items-center px-4 pb-24">
        <div className="rise flex w-full max-w-md flex-col gap-4 rounded-2xl border border-line bg-surface p-7 shadow-card sm:p-9">
          <PageTitle>{title}</PageTitle>
          {children}
        </div>
      </main>
    </div>
  )
}
