import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { config } from '#lib/config/config.ts';
import { SiteFooter, SiteHeader } from './components/site-header.tsx';
import { fontVariables } from './fonts.ts';
import { parseTheme, THEME_COOKIE } from './theme.ts';
import './globals.css';

const TITLE = 'Hallmark, the MCP registry that tests what it lists';
const DESCRIPTION =
  'Search MCP servers by what they do, see who publishes them, whether they are signed, what a scan found and what they can do.';

export async function generateMetadata(): Promise<Metadata> {
  return {
    metadataBase: new URL(config().publicUrl),
    title: { default: TITLE, template: '%s · Hallmark' },
    description: DESCRIPTION,
    applicationName: 'Hallmark',
    openGraph: { type: 'website', siteName: 'Hallmark', title: TITLE, description: DESCRIPTION },
    twitter: { card: 'summary' },
    formatDetection: { telephone: false, address: false, email: false },
  };
}

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#191c20' },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <html
      lang="en"
      data-theme={theme === 'system' ? undefined : theme}
      className={fontVariables}
      // The toggle changes the attribute in the browser before React has seen it.
      suppressHydrationWarning
    >
      <body className="flex min-h-dvh flex-col bg-paper font-sans text-ink antialiased">
        <a
          href="#content"
          className="sr-only z-50 bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
        >
          Skip to content
        </a>
        <SiteHeader theme={theme} />
        <main id="content" className="page flex-1 pt-6">
          {children}
        </main>
        <SiteFooter />
      </body>
    </html>
  );
}
