/** The confidential client that resource servers ask about tokens with (RFC 7662 §2.1). */
export const RESOURCE_SERVER = 'resource-server'
