import type { MetadataRoute } from 'next';

/** Consoles have nothing for a crawler; combinations of filters have too much. */
export default function robots(): MetadataRoute.Robots {
  return {
    rules: {
      userAgent: '*',
      allow: '/',
      disallow: ['/account', '/publish', '/orgs', '/signin', '/api/', '/*?*&', '/*?*version='],
    },
  };
}
