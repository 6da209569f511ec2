const MISSING = /^Invalid input: expected (.+), received undefined$/

/** What is wrong with a field, to be read after its name. */
export const issueWords = ({ message }: { readonly message: string }): string => message.replace(MISSING, 'is missing ($1)')
