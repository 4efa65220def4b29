import { ChevronRightIcon } from 'lucide-react';
import type { ToolView } from '#lib/catalog/views.ts';
import type { JsonObject } from '#lib/manifest/types.ts';
import { CodeBlock } from '../../../components/code-block.tsx';
import { Digest } from '../../../components/digest.tsx';
import { HostileText } from '../../../components/hostile-text.tsx';
import { annotationWords } from '../../../text/annotations.ts';
import { countOf } from '../../../text/count-of.ts';
import { type SchemaRow, schemaRows } from '../../../text/schema-rows.ts';
import { toolAnchor } from './tool-anchor.ts';

const SUMMARY_LENGTH = 140;

/** A tool as a model sees it: name, description, what it takes and gives. */
export function Tool({ tool, isOpen, accusations }: { tool: ToolView; isOpen: boolean; accusations: number }) {
  const title = tool.title ?? tool.annotations?.title;
  return (
    <details id={toolAnchor(tool.name)} open={isOpen} className="group sheet">
      <summary className="grid grid-cols-[1rem_minmax(0,1fr)] gap-x-2 px-4 py-2.5 [&::-webkit-details-marker]:hidden">
        <ChevronRightIcon aria-hidden className="mt-1 size-4 text-ink-3 transition-transform group-open:rotate-90" />
        <span className="min-w-0">
          <span className="font-medium font-mono text-sm">
            <HostileText>{tool.name}</HostileText>
          </span>
          {title && (
            <span className="ml-2 text-ink-2 text-sm">
              <HostileText>{title}</HostileText>
            </span>
          )}
          {accusations > 0 && (
            <span className="ml-2 whitespace-nowrap rounded-sm bg-accusation px-1.5 text-2xs text-on-accusation leading-5">
              {countOf(accusations, 'accusation')}
            </span>
          )}
          {tool.description && (
            <span className="block text-ink-3 text-sm group-open:hidden">
              <HostileText>{shorten(tool.description)}</HostileText>
            </span>
          )}
        </span>
      </summary>
      <div className="grid gap-4 border-line border-t px-4 py-4 sm:pl-10">
        {tool.description ? (
          <p className="max-w-prose whitespace-pre-line text-sm">
            <HostileText>{tool.description}</HostileText>
          </p>
        ) : (
          <p className="text-ink-3 text-sm">No description.</p>
        )}
        <Annotations tool={tool} />
        <Schema heading="Takes" schema={tool.inputSchema} nothing="Takes no parameters." />
        {tool.outputSchema && (
          <Schema heading="Gives" schema={tool.outputSchema} nothing="Its output has no described fields." />
        )}
        <div className="flex flex-wrap items-baseline gap-x-6 gap-y-2">
          {tool.digest && <Digest value={tool.digest} prefix="sha256" what={`the digest of ${tool.name}`} />}
        </div>
        <details className="text-sm">
          <summary className="text-ink-2">Definition as JSON</summary>
          <CodeBlock className="mt-2" what={`the definition of ${tool.name}`} text={definitionJson(tool)} />
        </details>
      </div>
    </details>
  );
}

function definitionJson({ digest: _, ...definition }: ToolView): string {
  return JSON.stringify(definition, null, 2);
}

/** The first line, for the closed row; the whole text is one click away. */
function shorten(description: string): string {
  const line = description.trim().split('\n', 1)[0] ?? '';
  if (line.length <= SUMMARY_LENGTH && line.length === description.trim().length) return line;
  return `${line.slice(0, SUMMARY_LENGTH).trimEnd()} …`;
}

function Annotations({ tool }: { tool: ToolView }) {
  const words = annotationWords(tool.annotations);
  if (words.length === 0) {
    return (
      <p className="text-ink-3 text-sm">
        The server gives no hints about this tool, so a client has to assume that it changes things.
      </p>
    );
  }
  return (
    <p className="text-sm">
      <span className="text-ink-3">The server says it </span>
      {words.join(', ')}
      <span className="text-ink-3">. Nobody checked that.</span>
    </p>
  );
}

function Schema({ heading, schema, nothing }: { heading: string; schema: JsonObject; nothing: string }) {
  const { rows, isCut } = schemaRows(schema);
  if (rows.length === 0) return <p className="text-ink-3 text-sm">{nothing}</p>;
  return (
    <div>
      <table className="w-full border-collapse text-left text-sm">
        <thead className="hidden sm:table-header-group">
          <tr className="border-line border-b">
            <th scope="col" className="label py-1 pr-4 font-medium">
              {heading}
            </th>
            <th scope="col" className="label py-1 pr-4 font-medium">
              Type
            </th>
            <th scope="col" className="label py-1 font-medium">
              Meaning
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <SchemaLine key={row.path} row={row} />
          ))}
        </tbody>
      </table>
      {isCut && <p className="mt-1 text-ink-3 text-xs">There is more in the definition below.</p>}
    </div>
  );
}

function SchemaLine({ row }: { row: SchemaRow }) {
  return (
    <tr className="block border-line border-b py-1.5 align-top last:border-b-0 sm:table-row sm:py-0">
      <td className="block font-mono text-xs leading-5 sm:table-cell sm:w-[30%] sm:py-1.5 sm:pr-4">
        <HostileText>{row.path}</HostileText>
        {row.isRequired && <span className="ml-1.5 font-sans text-2xs text-ink-3">required</span>}
      </td>
      <td className="block font-mono text-ink-2 text-xs leading-5 sm:table-cell sm:w-[25%] sm:py-1.5 sm:pr-4">
        <HostileText>{row.type}</HostileText>
      </td>
      <td className="block sm:table-cell sm:py-1.5">
        {row.description && (
          <span className="whitespace-pre-line">
            <HostileText>{row.description}</HostileText>{' '}
          </span>
        )}
        {row.limits.length > 0 && (
          <span className="font-mono text-ink-3 text-xs">
            <HostileText>{row.limits.join(', ')}</HostileText>
          </span>
        )}
      </td>
    </tr>
  );
}
