import { db } from '#lib/db/db.ts';

/** Whether exactly one account has this address, whatever its case, and is an admin of this instance. */
export async function isAdminAddress(email: string): Promise<boolean> {
  // The database compares by a pattern, in which the "_" of an address stands for any character.
  const alike = await db().user.findMany({
    where: { email: { equals: email, mode: 'insensitive' } },
    select: { email: true, isInstanceAdmin: true },
  });
  const [user, ...others] = alike.filter((row) => row.email?.toLowerCase() === email.toLowerCase());
  return user?.isInstanceAdmin === true && others.length === 0;
}
