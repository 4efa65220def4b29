import type { ServerPage } from '#lib/catalog/views.ts';
import { CodeBlock } from '../../../components/code-block.tsx';
import { Digest } from '../../../components/digest.tsx';
import { HostileText } from '../../../components/hostile-text.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Section } from '../../../components/section.tsx';
import { countOf } from '../../../text/count-of.ts';
import { standingAccusations } from './standing-accusations.ts';
import { Tool } from './tool.tsx';
import { ToolControls } from './tool-controls.tsx';

/** So few tools are shown open; more would bury each other. */
const SHOWN_OPEN = 6;
const LIST_ID = 'tool-list';

export function ToolsTab({ server }: { server: ServerPage }) {
  const { tools, scan } = server;
  const accused = new Map<string, number>();
  for (const { location } of standingAccusations(scan)) {
    if (location.document === 'tools.json' && location.subject)
      accused.set(location.subject, (accused.get(location.subject) ?? 0) + 1);
  }
  return (
    <div className="max-w-5xl">
      {tools === null ? (
        <Notice>
          The tool definitions of this version were not seen
          {scan?.coverage?.tools.reason && (
            <>
              : <HostileText>{scan.coverage.tools.reason}</HostileText>
            </>
          )}
          . Without them there is no grade, and the version cannot be approved.
        </Notice>
      ) : tools.length === 0 ? (
        <Notice>This server has no tools.</Notice>
      ) : (
        <>
          <div className="mb-3 flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
            <p className="max-w-prose text-ink-3 text-sm">
              Names, descriptions and hints are the server's own words, shown as a model reads them.
              {scan?.toolsDigest && (
                <>
                  {' '}
                  All {countOf(tools.length, 'tool')}:{' '}
                  <Digest value={scan.toolsDigest} prefix="sha256" what="the digest of all tools" />
                </>
              )}
            </p>
            {tools.length > SHOWN_OPEN && <ToolControls listId={LIST_ID} total={tools.length} />}
          </div>
          <ul id={LIST_ID} className="grid gap-2">
            {tools.map((tool) => (
              <li key={tool.name} data-tool={`${tool.name} ${tool.description ?? ''}`.toLowerCase().slice(0, 400)}>
                <Tool tool={tool} isOpen={tools.length <= SHOWN_OPEN} accusations={accused.get(tool.name) ?? 0} />
              </li>
            ))}
          </ul>
        </>
      )}
      <OtherDefinitions server={server} />
    </div>
  );
}

function OtherDefinitions({ server: { scan } }: { server: ServerPage }) {
  if (!scan) return null;
  return (
    <>
      {scan.instructions && (
        <Section id="instructions" title="Instructions" aside="What the server tells the model about itself">
          <CodeBlock text={scan.instructions} what="the instructions" />
        </Section>
      )}
      {scan.prompts.length > 0 && (
        <Section id="prompts" title="Prompts" aside={scan.prompts.length}>
          <DefinitionList items={scan.prompts.map(({ name, description }) => [name, description])} />
        </Section>
      )}
      {scan.resources.length > 0 && (
        <Section id="resources" title="Resources" aside={scan.resources.length}>
          <DefinitionList items={scan.resources.map(({ uri, name, description }) => [uri, description ?? name])} />
        </Section>
      )}
    </>
  );
}

function DefinitionList({ items }: { items: [string, string | null][] }) {
  return (
    <dl className="grid gap-2">
      {items.map(([name, description]) => (
        <div key={name}>
          <dt className="font-mono text-sm">
            <HostileText>{name}</HostileText>
          </dt>
          {description && (
            <dd className="whitespace-pre-line text-ink-2 text-sm">
              <HostileText>{description}</HostileText>
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}
