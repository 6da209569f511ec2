/** Seals text so that this user alone can open it, on this computer alone: what the operating system keeps passwords with. */
export interface SecretBox {
  /** @throws Error when it cannot */
  seal(text: string): Promise<Uint8Array>
  /** @throws Error when it was sealed by another box, or changed since */
  open(sealed: Uint8Array): Promise<string>
}
