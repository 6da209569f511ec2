import { MantineProvider } from '@mantine/core'
import { ModalsProvider } from '@mantine/modals'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { i18n } from './i18n/index.ts'
import { Shell } from './screens/shell.tsx'
import { listenToKeys } from './state/keys.ts'
import { queries } from './state/queries.ts'
import { useUi } from './state/ui-state.ts'
import { theme } from './theme/theme.ts'

/** The page. Mantine writes no style elements, so that the content security policy needs no exception for them. */
export function App() {
  const scheme = useUi((ui) => ui.theme)
  const language = useUi((ui) => ui.language)
  const { t } = useTranslation('app')
  useEffect(listenToKeys, [])
  useEffect(() => {
    document.documentElement.lang = language
    void i18n.changeLanguage(language)
  }, [language])
  return (
    <MantineProvider
      theme={theme}
      withCssVariables={false}
      withGlobalClasses={false}
      {...(scheme === 'auto' ? { defaultColorScheme: 'auto' as const } : { forceColorScheme: scheme })}
    >
      <QueryClientProvider client={queries}>
        <ModalsProvider modalProps={{ closeButtonProps: { 'aria-label': t('dismiss') } }}>
          <Notifications position="bottom-right" limit={4} />
          <Shell />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  )
}
