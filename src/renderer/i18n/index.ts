import i18next, { type i18n as I18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { Language } from '../state/ui-state.ts'
import { en, zh } from './words.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app'
    resources: typeof en
  }
}

/** The words of the page; use `useTranslation('namespace')` in components. */
export const i18n: I18n = i18next.createInstance()

/** Makes the words ready in one language. */
export async function startI18n(language: Language): Promise<void> {
  await i18n.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: { en, 'zh-CN': zh },
    defaultNS: 'app',
    interpolation: { escapeValue: false },
    returnNull: false,
  })
}
