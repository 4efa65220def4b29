import { type ChosenTemplate, POLICY_TEMPLATES, type TemplateParameter } from '#lib/orgs/policy/templates.ts';

const BOX = 'rounded-md border border-line-strong bg-sheet px-2 text-sm';
const CHOICES: Record<string, readonly string[]> = {
  grade: ['A', 'B', 'C', 'D', 'F'],
  severity: ['low', 'medium', 'high', 'critical'],
};

/** A plain form: the address names the templates, so that a choice can be linked to, and needs no script. */
export function TemplatePicker({ chosen, isOpen }: { chosen: ChosenTemplate[]; isOpen: boolean }) {
  return (
    <details open={isOpen}>
      <summary className="cursor-pointer text-sm">{POLICY_TEMPLATES.length} templates</summary>
      <form method="get" action="#text" className="mt-3">
        <ul className="grid gap-x-8 gap-y-4 md:grid-cols-2">
          {POLICY_TEMPLATES.map(({ id, title, says, effect, parameters }) => {
            const own = chosen.find((one) => one.id === id);
            return (
              <li key={id} className="min-w-0">
                <label className="grid grid-cols-[1.25rem_minmax(0,1fr)] items-start text-sm">
                  <input
                    type="checkbox"
                    name="t"
                    value={id}
                    defaultChecked={own !== undefined}
                    className="mt-1 accent-accent"
                  />
                  <span>
                    <span className="font-medium">{title}</span>{' '}
                    <span className="text-ink-3">{effect === 'permit' ? 'permits' : 'forbids'}</span>
                    <span className="block text-ink-3">{says}</span>
                  </span>
                </label>
                {parameters.map((parameter) => (
                  <Parameter
                    key={parameter.name}
                    name={`${id}.${parameter.name}`}
                    parameter={parameter}
                    value={own?.parameters[parameter.name] ?? parameter.default}
                  />
                ))}
              </li>
            );
          })}
        </ul>
        <button
          type="submit"
          className="mt-4 rounded-md border border-line-strong px-3.5 py-1.5 font-medium text-sm hover:bg-well"
        >
          Write the text
        </button>
        <p className="mt-1 text-ink-3 text-xs">It replaces the text below. Nothing is saved yet.</p>
      </form>
    </details>
  );
}

function Parameter({ name, parameter, value }: { name: string; parameter: TemplateParameter; value: string }) {
  const { label, kind, hint } = parameter;
  const choices = CHOICES[kind];
  return (
    <div className="mt-1.5 ml-5 flex flex-wrap items-baseline gap-x-2 gap-y-1 text-sm">
      <label htmlFor={name} className="text-ink-2">
        {label}
      </label>
      {choices ? (
        <select id={name} name={name} defaultValue={value} className={`${BOX} h-8`}>
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : kind === 'days' ? (
        <input
          type="number"
          id={name}
          name={name}
          min={1}
          max={365}
          defaultValue={value}
          className={`${BOX} h-8 w-20`}
        />
      ) : (
        <input
          type="text"
          id={name}
          name={name}
          defaultValue={value}
          placeholder={hint}
          maxLength={4000}
          spellCheck={false}
          autoComplete="off"
          className={`${BOX} h-8 w-full min-w-0 font-mono`}
        />
      )}
    </div>
  );
}
