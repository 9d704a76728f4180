import { ArrowUp } from 'lucide-react'
import { Button } from '../ui/Button.tsx'
import { useWords } from '../words/use-words.ts'

export function NewJobsButton({ count, onShow }: { readonly count: number; readonly onShow: () => void }) {
  const words = useWords()
  return (
    <div className="rise sticky top-18 z-10 -my-2 flex justify-center">
      <span className="rounded-full shadow-float [&>button]:rounded-full">
        <Button look="primary" small onPress={onShow}>
          <ArrowUp aria-hidden size={15} />
          {words.jobs.newJobs(count)}
        </Button>
      </span>
    </div>
  )
}
