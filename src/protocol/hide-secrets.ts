/** What stands in the place of a secret. */
export const HIDDEN = '[hidden]'

const NAMES = [
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
].join('|')

/** A member of a JSON object; the closing quote may be missing where the body was cut. */
const JSON_MEMBER = new RegExp(`("(?:${NAMES})"\\s*:\\s*")(?:[^"\\\\]|\\\\[^])*("|\\\\?$)`, 'gi')
/** A parameter of a form or a query. */
const PARAMETER = new RegExp(`((?:^|[?&#;\\s])(?:${NAMES})=)[^&#;\\s"]*`, 'gi')
/** A compact JWS (RFC 7515 §7.1): its header always begins with `{"`. */
const JWS = /\beyJ[\w-]+\.[\w-]*(?:\.[\w-]*)?/g

/** Text of a body or a URL without passwords and tokens. */
export const hideInText = (text: string): string =>
  text.replace(JSON_MEMBER, `$1${HIDDEN}$2`).replace(PARAMETER, `$1${HIDDEN}`).replace(JWS, HIDDEN)

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
