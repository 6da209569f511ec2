/** Characters that Mermaid or its HTML would take as their own, as its entity codes. */
const SPECIAL: Readonly<Record<string, string>> = {
  '#': '#35;',
  ';': '#59;',
  '%': '#37;',
  '<': '#lt;',
  '>': '#gt;',
  '&': '#amp;',
  '"': '#quot;',
  '`': '#96;',
  '\\': '#92;',
  '{': '#123;',
  '}': '#125;',
  '@': '#64;',
}

const escaped = (text: string): string =>
  text
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/[#;%<>&"`\\{}@]/g, (character) => SPECIAL[character] ?? character)
    .trim() || '…'

/** A text as Mermaid takes it: nothing in it is read as Mermaid's own, or as HTML. */
export const mermaidText = (text: string): string => escaped(text).replace(/^(no)?wrap:/i, (word) => word.replace(':', '#58;'))
