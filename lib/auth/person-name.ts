/** What a person is called on pages and in events. */
export const personName = (user: { name: string | null; email: string | null }): string =>
  user.name ?? user.email ?? 'Unnamed';
