import i18next, { type BackendModule, type i18n as I18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { Language } from '../state/ui-state.ts'
import { en } from './words.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app'
    resources: typeof en
  }
}

/** The words of the page; use `useTranslation('namespace')` in components. */
export const i18n: I18n = i18next.createInstance()

/** English is the language that others fall back to, so it comes with the page; the other one comes when it is asked for. */
const otherLanguages: BackendModule = {
  type: 'backend',
  init: () => undefined,
  read: async (_language, namespace) => {
    const { zh } = await import('./words-zh-cn.ts')
    return zh[namespace as keyof typeof zh]
  },
}

/** Makes the words ready in one language. */
export async function startI18n(language: Language): Promise<void> {
  await i18n
    .use(initReactI18next)
    .use(otherLanguages)
    .init({
      lng: language,
      fallbackLng: 'en',
      resources: { en },
      partialBundledLanguages: true,
      ns: Object.keys(en),
      defaultNS: 'app',
      interpolation: { escapeValue: false },
      returnNull: false,
    })
}
