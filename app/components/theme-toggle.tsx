'use client';

import { MonitorIcon, MoonIcon, SunIcon } from 'lucide-react';
import { useState } from 'react';
import { THEME_COOKIE, THEMES, type Theme } from '../theme.ts';

const ICONS = { system: MonitorIcon, light: SunIcon, dark: MoonIcon };
const YEAR = 31_536_000;

/**
 * Steps through system, light and dark. The choice is a cookie, so that the server already writes it into the page and
 * nothing flashes.
 */
export function ThemeToggle({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState(initial);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] as Theme;
  const Icon = ICONS[theme];

  const change = () => {
    setTheme(next);
    if (next === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser that we support
    document.cookie = `${THEME_COOKIE}=${next}; path=/; max-age=${YEAR}; samesite=lax`;
  };

  const label = `Colours: ${theme}. Change to ${next}`;
  return (
    <button
      type="button"
      onClick={change}
      title={label}
      aria-label={label}
      className="inline-flex size-8 items-center justify-center rounded-md text-ink-2 hover:bg-well hover:text-ink"
    >
      <Icon aria-hidden className="size-4" />
    </button>
  );
}
