export const openapiYaml = (_publicUrl: string): string => 'openapi: 3.1.0\n';
