const REFERENCES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Any text for a place inside an element or a quoted attribute value: what would begin markup there becomes a character reference (HTML §13.1.4). */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => REFERENCES[character] ?? character)
