import { useTranslation } from 'react-i18next'
import { desktop } from '../desktop.ts'
import { notify, notifyFailure } from '../state/act.ts'

/**
 * Opens the presenter's notes: in the desktop app in a window on another display, in a browser in a tab of its own.
 * The tab is opened by this page, so that it gets a copy of this tab's session storage with the token in it: no address carries it.
 */
export function useOpenNotes(): (anyway: boolean) => void {
  const { t } = useTranslation('presenter')
  return (anyway) => {
    if (!desktop.openNotes) {
      if (!window.open('/#notes', '_blank')) notify(t('popUpBlocked'))
      return
    }
    desktop.openNotes(anyway).then((answer) => {
      if (answer === 'one-display') notify(t('oneDisplay'))
    }, notifyFailure)
  }
}
