import type { EventView } from '#lib/audit/event-view.ts';
import { Digest } from './digest.tsx';
import { HostileText } from './hostile-text.tsx';
import { Time } from './time.tsx';

/** Audit events: what happened, who did it, and the hash that the next event carries on. */
export function EventList({ events }: { events: EventView[] }) {
  return (
    <ol className="divide-y divide-line border-line border-y">
      {events.map((event) => (
        <li key={event.seq} className="grid gap-x-4 gap-y-0.5 py-2 text-sm sm:grid-cols-[3rem_minmax(0,1fr)_auto]">
          <span className="font-mono text-ink-3">{event.seq}</span>
          <div className="min-w-0">
            <p>
              <HostileText>{event.text}</HostileText>
            </p>
            <p className="text-ink-3">
              <HostileText>{event.actor}</HostileText>, <Time iso={event.at} withTime /> · <code>{event.kind}</code>
            </p>
          </div>
          <Digest value={event.hash} what={`the hash of event ${event.seq}`} />
        </li>
      ))}
    </ol>
  );
}
