import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AcceptedFeed } from '#lib/feed/client/index.ts';
import type { Audit, AuditEvent } from './audit.ts';

/**
 * Counters of one gateway, in a registry of their own. They are made of audit events, so both say the same. Labels come
 * from the configuration and from lists of codes, never from clients or servers, who could make them without end.
 */
export class GatewayMetrics {
  readonly registry = new Registry();
  readonly #calls: Counter<'server' | 'decision'>;
  readonly #refusals: Counter<'code'>;
  readonly #latency: Histogram<'server'>;
  readonly #feedAttempts: Counter<'outcome'>;
  readonly sessions: Gauge;

  constructor({ feed, now }: { feed: () => AcceptedFeed | null; now: () => Date }) {
    const registers = [this.registry];
    this.#calls = new Counter({
      name: 'hallmark_gateway_calls_total',
      help: 'Tool calls by server and decision (allow, deny, would-deny).',
      labelNames: ['server', 'decision'],
      registers,
    });
    this.#refusals = new Counter({
      name: 'hallmark_gateway_refusals_total',
      help: 'Refusals of any kind by code, dry runs included.',
      labelNames: ['code'],
      registers,
    });
    this.#latency = new Histogram({
      name: 'hallmark_gateway_upstream_seconds',
      help: 'From passing a tool call on to its answer.',
      labelNames: ['server'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300],
      registers,
    });
    this.#feedAttempts = new Counter({
      name: 'hallmark_gateway_feed_events_total',
      help: 'Accepted feeds, warnings and failed refreshes by code.',
      labelNames: ['outcome'],
      registers,
    });
    this.sessions = new Gauge({ name: 'hallmark_gateway_sessions', help: 'Open client sessions.', registers });
    new Gauge({
      name: 'hallmark_gateway_feed_serial',
      help: 'Serial of the feed that decides; 0 when none was accepted.',
      registers,
      collect() {
        this.set(feed()?.head.serial ?? 0);
      },
    });
    new Gauge({
      name: 'hallmark_gateway_feed_age_seconds',
      help: 'Since the head of the feed that decides was signed.',
      registers,
      collect() {
        const head = feed()?.head;
        this.set(head ? (now().getTime() - Date.parse(head.issuedAt)) / 1000 : Number.NaN);
      },
    });
  }

  /** The same log, counted. */
  count(audit: Audit): Audit {
    return (event) => {
      this.#note(event);
      audit(event);
    };
  }

  #note({ event, decision, code, server = '', durationMs }: AuditEvent): void {
    if (event === 'call' && decision) this.#calls.inc({ server, decision });
    if (event === 'result' && durationMs !== undefined) this.#latency.observe({ server }, durationMs / 1000);
    if (event === 'feed') this.#feedAttempts.inc({ outcome: code ?? 'accepted' });
    if (code && (decision === 'deny' || decision === 'would-deny')) this.#refusals.inc({ code });
  }
}
