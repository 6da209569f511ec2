import { createTheme, Menu, Modal, Tooltip } from '@mantine/core'

/** Behaviour of Mantine's components; their looks are in mantine.css. */
export const theme = createTheme({
  primaryColor: 'dark',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withinPortal: true, transitionProps: { duration: 0 } } }),
    Menu: Menu.extend({ defaultProps: { transitionProps: { duration: 0 }, withinPortal: true } }),
    // Scroll locking would write a style element; the page itself never scrolls.
    Modal: Modal.extend({ defaultProps: { lockScroll: false, centered: true, transitionProps: { duration: 0 } } }),
  },
})
