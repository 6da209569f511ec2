// First: schemas are made when the modules below are loaded.
import './zod-without-eval.ts'
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import '@mantine/spotlight/styles.css'
import './theme/fonts.css'
import './theme/tokens.css'
import './theme/mantine.css'
import './theme/base.css'
import './theme/shell.css'
import './theme/presenter.css'
import { createRoot } from 'react-dom/client'
import { isNotesPage } from './api.ts'
import { App } from './app.tsx'
import { startI18n } from './i18n/index.ts'
import { hideSecretsWhilePresenting } from './presenter/hide-secrets.ts'
import { beNotesWindow, followNotesWindow } from './presenter/notes-link.ts'
import { connect } from './state/connect.ts'
import { currentUi } from './state/ui-state.ts'

async function start(): Promise<void> {
  await startI18n(currentUi().language)
  const root = document.getElementById('root')
  if (!root) throw new Error('index.html has no #root')
  hideSecretsWhilePresenting()
  if (isNotesPage) beNotesWindow()
  else followNotesWindow(() => currentUi().isFrozen)
  createRoot(root).render(<App />)
  await connect()
}

void start()
