export const AUTH_ROUTES: { pattern: string[]; methods: { POST: (request: Request) => Promise<Response> } }[] = [];
