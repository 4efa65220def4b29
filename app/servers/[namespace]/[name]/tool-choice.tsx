'use client';

import { useState } from 'react';
import { HostileText } from '../../../components/hostile-text.tsx';

type Choice = { name: string; about: string; isSelectable: boolean; isAccused: boolean };

/**
 * One checkbox a tool. What is not ticked is refused, and so is every tool that appears later. `asked` are the names of
 * which each call needs a person's word; left out, that is not offered.
 */
export function ToolChoice({ tools, initial, asked }: { tools: Choice[]; initial: string[]; asked?: string[] }) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(initial));
  const selectable = tools.filter((tool) => tool.isSelectable);

  const toggle = (name: string) => {
    const next = new Set(chosen);
    if (!next.delete(name)) next.add(name);
    setChosen(next);
  };

  return (
    <fieldset>
      <legend className="mb-1 font-medium text-sm">Tools that agents may use</legend>
      <div className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
        <span role="status" className="text-ink-2">
          <span className="noscript:hidden">
            {chosen.size} of {tools.length} chosen.{' '}
          </span>
          New tools: refused.
        </span>
        <button
          type="button"
          className="link noscript:hidden"
          onClick={() => setChosen(new Set(selectable.map(({ name }) => name)))}
        >
          Allow all
        </button>
        <button type="button" className="link noscript:hidden" onClick={() => setChosen(new Set())}>
          Allow none
        </button>
      </div>
      {tools.length === 0 ? (
        <p className="text-ink-3 text-sm">This version has no tools. Approving it lets it start, and nothing more.</p>
      ) : (
        <ul className="sheet max-h-96 divide-y divide-line overflow-y-auto">
          {tools.map((tool) => (
            <li key={tool.name} className="flex flex-wrap items-center">
              <label className="flex min-w-0 grow gap-3 px-3 py-1.5 has-enabled:cursor-pointer has-enabled:hover:bg-well">
                <input
                  type="checkbox"
                  name="tools[]"
                  value={tool.name}
                  checked={chosen.has(tool.name)}
                  disabled={!tool.isSelectable}
                  onChange={() => toggle(tool.name)}
                  className="mt-1 size-4 shrink-0 accent-accent"
                />
                <span className="min-w-0">
                  <span className="font-mono text-sm">
                    <HostileText>{tool.name}</HostileText>
                  </span>{' '}
                  <span className="text-ink-3 text-xs">
                    {tool.isSelectable ? tool.about : 'cannot be allowed: its name would read as a pattern'}
                  </span>
                  {tool.isAccused && (
                    <span className="ml-2 whitespace-nowrap rounded-sm bg-accusation px-1.5 text-2xs text-on-accusation leading-5">
                      accused
                    </span>
                  )}
                </span>
              </label>
              {asked && tool.isSelectable && (
                <select
                  name="asks[]"
                  aria-label={`Calls of ${tool.name}`}
                  defaultValue={asked.includes(tool.name) ? tool.name : ''}
                  className="mx-3 my-1 ml-auto h-7 rounded-md border border-line-strong bg-sheet px-1.5 text-ink text-xs"
                >
                  <option value="">freely</option>
                  <option value={tool.name}>ask each time</option>
                </select>
              )}
            </li>
          ))}
        </ul>
      )}
    </fieldset>
  );
}
