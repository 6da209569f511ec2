import { config } from 'zod'

// Zod would try `new Function` to see whether it may compile schemas; the content security policy refuses that and the console would say so.
config({ jitless: true })
