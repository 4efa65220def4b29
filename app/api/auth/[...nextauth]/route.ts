import NextAuth from 'next-auth';
import { authOptions } from '#lib/auth/auth-options.ts';

// /api/auth – sign-in, sign-out and session, by NextAuth
type Context = { params: Promise<{ nextauth: string[] }> };

const handle = (request: Request, context: Context) => NextAuth(authOptions())(request, context);

export { handle as GET, handle as POST };
