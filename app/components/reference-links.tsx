import type { References } from '#scanners/types.ts';

const OWASP = 'https://owasp.org/www-project-mcp-top-10/';
const SAFE_MCP = 'https://github.com/safe-agentic-framework/safe-mcp/tree/main/techniques/';
const CWE = 'https://cwe.mitre.org/data/definitions/';

/** Where the field has written about what a rule finds. */
export function ReferenceLinks({ references: { owaspMcp = [], safeMcp = [], cwe = [] } }: { references: References }) {
  const links = [
    ...owaspMcp.map((id) => ({ id, text: `OWASP ${id}`, href: OWASP })),
    ...safeMcp.map((id) => ({ id, text: id, href: `${SAFE_MCP}${id}` })),
    ...cwe.map((id) => ({ id, text: id, href: `${CWE}${id.replace(/\D/g, '')}.html` })),
  ];
  if (links.length === 0) return null;
  return (
    <ul className="mt-2 flex flex-wrap gap-x-3 text-xs">
      {links.map(({ id, text, href }) => (
        <li key={id}>
          <a href={href} rel="noopener noreferrer" className="link">
            {text}
          </a>
        </li>
      ))}
    </ul>
  );
}
