/** Whether the keyboard is nowhere: what had it has gone, or can no longer be used. */
export const isFocusLost = (): boolean => {
  const { activeElement } = document
  return activeElement === null || activeElement === document.body || activeElement.matches(':disabled')
}
