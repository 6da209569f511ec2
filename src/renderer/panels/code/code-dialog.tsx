import { Modal } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { setUi, useUi } from '../../state/ui-state.ts'

const CodeBehind = lazy(() => import('./code-behind.tsx').then((module) => ({ default: module.CodeBehind })))

/** The code behind a step, over the page; grammars and sources are loaded when it opens. */
export function CodeDialog() {
  const { t } = useTranslation('code')
  const code = useUi((ui) => ui.shownCode)
  return (
    <Modal
      opened={code !== null}
      onClose={() => setUi({ shownCode: null })}
      title={t('title', { symbol: code?.symbol ?? '' })}
      size="min(1180px, 94vw)"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {code && (
        <Suspense fallback={null}>
          <CodeBehind code={code} />
        </Suspense>
      )}
    </Modal>
  )
}
