import { findCompactTokens } from './compact-tokens.ts'

/** What stands in the place of a secret. */
export const HIDDEN = '[hidden]'

/** Names of members and parameters whose values are secrets, in bodies and queries. */
export const SECRET_NAMES = [
  'password',
  'current_password',
  'currentPassword',
  'new_password',
  'newPassword',
  'access_token',
  'accessToken',
  'refresh_token',
  'refreshToken',
  'id_token',
  'idToken',
  'token',
  'client_secret',
  'clientSecret',
  'csrf_token',
  'csrfToken',
  '_csrf',
  'code',
] as const
const NAMES = SECRET_NAMES.join('|')

/** A member of a JSON object; the closing quote may be missing where the body was cut. */
const JSON_MEMBER = new RegExp(`("(?:${NAMES})"\\s*:\\s*")(?:[^"\\\\]|\\\\[^])*("|\\\\?$)`, 'gi')
/** A parameter of a form or a query. */
const PARAMETER = new RegExp(`((?:^|[?&#;\\s])(?:${NAMES})=)[^&#;\\s"]*`, 'gi')

/** Whole tokens, also where the text was cut. */
const hideTokens = (text: string): string => {
  let shown = ''
  let from = 0
  for (const { start, end } of findCompactTokens(text)) {
    shown += text.slice(from, start) + HIDDEN
    from = end
  }
  return from === 0 ? text : shown + text.slice(from)
}

/** Text of a body or a URL without passwords and tokens. */
export const hideInText = (text: string): string => hideTokens(text.replace(JSON_MEMBER, `$1${HIDDEN}$2`).replace(PARAMETER, `$1${HIDDEN}`))

const hidePairs = (field: string): string => field.replace(/(^|;)(\s*[^=;]+)=[^;]*/g, `$1$2=${HIDDEN}`)

/** Value of a header field without what would let its reader act as the sender. */
export const hideInHeader = (name: string, value: string): string => {
  switch (name.toLowerCase()) {
    case 'cookie':
      return hidePairs(value)
    case 'set-cookie':
      return value.replace(/^([^=;]*)=[^;]*/, `$1=${HIDDEN}`)
    case 'authorization':
    case 'proxy-authorization':
      return value.replace(/^(\S+)\s.*$|^.*$/s, (_, scheme: string | undefined) => (scheme ? `${scheme} ${HIDDEN}` : HIDDEN))
    case 'x-csrf-token':
    case 'x-xsrf-token':
      return HIDDEN
    default:
      return hideInText(value)
  }
}
