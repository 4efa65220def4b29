import { UsageFault } from './commands/signing-input.ts';

/** The address of --registry without `/v0.1` and slashes at the end: people copy it from where they read. Throws UsageFault. */
export function registryBase(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw new UsageFault(
      `--registry ${text} must begin with http:// or https://, such as https://registry.example.com`,
    );
  }
  return text
    .replace(/\/+$/, '')
    .replace(/\/v0(\.1)?$/, '')
    .replace(/\/+$/, '');
}
