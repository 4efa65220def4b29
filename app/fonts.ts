import localFont from 'next/font/local';

/**
 * IBM Plex (SIL Open Font License, fonts/OFL.txt), served by this instance: it keeps I, l and 1 apart, and O and 0, which
 * matters where a name is what people judge by.
 */
const sans = localFont({
  src: './fonts/plex-sans-latin.woff2',
  weight: '100 700',
  variable: '--font-plex-sans',
  display: 'swap',
});

const sansExtended = localFont({
  src: './fonts/plex-sans-latin-ext.woff2',
  weight: '100 700',
  variable: '--font-plex-sans-extended',
  display: 'swap',
  preload: false,
  adjustFontFallback: false,
  declarations: [
    {
      prop: 'unicode-range',
      value:
        'U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+20A0-20AB',
    },
  ],
});

const mono = localFont({
  src: [
    { path: './fonts/plex-mono-latin-400.woff2', weight: '400' },
    { path: './fonts/plex-mono-latin-500.woff2', weight: '500' },
  ],
  variable: '--font-plex-mono',
  display: 'swap',
  adjustFontFallback: false,
});

export const fontVariables = `${sans.variable} ${sansExtended.variable} ${mono.variable}`;
