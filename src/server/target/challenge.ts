const REALM = 'Bearer realm="authlab"'

/**
 * Value of `WWW-Authenticate` (RFC 6750 §3). Without an error code when the request carried no token: the client is only told how to ask.
 * @param description plain ASCII without quotes and backslashes.
 */
export const challenge = (
  error?: 'invalid_request' | 'invalid_token' | 'insufficient_scope',
  description?: string,
  scope?: string,
): string =>
  [
    REALM,
    ...(error === undefined ? [] : [`error="${error}"`]),
    ...(description === undefined ? [] : [`error_description="${description}"`]),
    ...(scope === undefined ? [] : [`scope="${scope}"`]),
  ].join(', ')
