/** How the page stays logged in: by a cookie that the browser keeps and no script can read. The page itself holds nothing. */

/** @param ask sends a request and answers `{ isOk, verdict, body }` */
export const logIn = (ask, mechanism, username, password) =>
  mechanism === 'session'
    ? ask('POST', '/session', { username, password })
    : ask('POST', '/token', { grant_type: 'password', transport: 'cookie', username, password })

export const logOut = (ask) => ask('DELETE', '/session')

/** Fields of every request. The cookie goes along by itself. */
export const authorization = () => ({})
