import { connect } from '@bellhop/client'
import { BellhopProvider } from '@bellhop/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { CountPage } from './CountPage.tsx'

// What stands after the # never leaves the browser: …/#server=http://localhost:3000&key=bh_…
const given = new URLSearchParams(location.hash.slice(1))
const client = connect({ url: given.get('server') ?? 'http://localhost:3000', apiKey: given.get('key') ?? '' })

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root.')

createRoot(root).render(
  <StrictMode>
    <BellhopProvider client={client}>
      <CountPage />
    </BellhopProvider>
  </StrictMode>,
)
