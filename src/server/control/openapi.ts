import { OpenAPIGenerator } from '@orpc/openapi'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { API_BASE, contract } from '../../contract/index.ts'

/** The OpenAPI document of the control API, made from the contract. */
export const openApiDocument = (version: string) =>
  new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] }).generate(contract, {
    info: { title: 'AuthLab control API', version },
    servers: [{ url: API_BASE }],
    security: [{ token: [] }],
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'The token of the line AUTHLAB_READY; new at every start.' },
      },
    },
  })
