/** A failure with a stable code that the API, the exit line and the tests rely on; the message is one sentence for the operator. */
export class LabError extends Error {
  readonly code: string

  /** @param message says what happened and, where the operator can do something, what to do. */
  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'LabError'
    this.code = code
  }
}
