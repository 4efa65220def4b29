import { z } from 'zod';

const schema = z.email().max(254);

/** One address and nothing else: no name, no list, no line break. Addresses come from sign-in providers. */
export const isMailAddress = (text: string): boolean => schema.safeParse(text).success;
