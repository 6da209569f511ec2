import { useEffect, useState } from 'react'

const hex = (bytes: ArrayBuffer): string => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/** SHA-256 of a text in UTF-8, hexadecimal, computed by the browser; null until it is there or when the text is null. */
export function useSha256(text: string | null): string | null {
  const [found, setFound] = useState<{ text: string; hash: string } | null>(null)
  useEffect(() => {
    if (text === null) return
    let isCurrent = true
    crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)).then(
      (digest) => isCurrent && setFound({ text, hash: hex(digest) }),
      () => isCurrent && setFound(null),
    )
    return () => {
      isCurrent = false
    }
  }, [text])
  return found !== null && found.text === text ? found.hash : null
}
