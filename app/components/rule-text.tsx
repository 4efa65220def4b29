/** Words of a rule, in which `backticks` mark code. */
export function RuleText({ children }: { children: string }) {
  return children.split('`').map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other identity and never move
      <code key={index}>{part}</code>
    ),
  );
}
