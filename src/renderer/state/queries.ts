import { QueryClient } from '@tanstack/react-query'

/** What was read from the lab besides its state. */
export const queries = new QueryClient({ defaultOptions: { queries: { refetchOnWindowFocus: false, networkMode: 'always' } } })
