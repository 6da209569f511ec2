import type { Weakness } from './weakness.ts'

/**
 * The portal can also log in for a token in the body of the answer, and its script keeps that in `localStorage`. What is wrong: every script of
 * the origin reads it there, one that was injected as well as the page's own, and whoever has a bearer token can use it anywhere (RFC 6750 §1.2).
 * A cookie with `HttpOnly` hides the token from all of them (RFC 6265 §4.1.2.6). The naive code is the file that takes the place of `credential.js`.
 */
export const tokenInWebStorage: Weakness = {
  id: 'token-in-web-storage',
  notice: {
    en: 'Token in web storage: the page can keep its access token in localStorage, where every script of the page reads it.',
    zh: '令牌存放在 Web Storage：页面可以把访问令牌存进 localStorage，页面里的任何脚本都能读到。',
  },
  naive: ({ portalFiles }) => ({
    portalFiles: {
      ...portalFiles,
      '/credential.js': 'weaknesses/token-in-web-storage.js',
      '/cookie-credential.js': 'credential.js',
    },
  }),
}
