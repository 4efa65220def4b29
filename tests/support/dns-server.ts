import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import dnsPacket, { type Answer, type Question } from 'dns-packet';

export type DnsRecords = {
  A?: string[];
  AAAA?: string[];
  /** Each as one string; longer ones are cut into strings of 255 bytes, as zone files do. */
  TXT?: string[];
};

/** `fail`: SERVFAIL. `silent`: no answer at all. A function is asked at every question, so that answers can change. */
type Zone = DnsRecords | 'fail' | 'silent' | (() => DnsRecords);

export type TestDnsServer = {
  /** For HALLMARK_DNS_SERVERS and createResolver. */
  address: string;
  set(name: string, zone: Zone): void;
  clear(): void;
  /** `TYPE name` of every question, in order. */
  questions: string[];
  close(): Promise<void>;
};

/** A name server on loopback. A name that was not set does not exist; a type that it has not is an empty answer. */
export async function startDnsServer(): Promise<TestDnsServer> {
  const zones = new Map<string, Zone>();
  const questions: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (message, sender) => {
    const { id, questions: asked = [] } = dnsPacket.decode(message);
    const [question] = asked;
    if (!question) return;
    questions.push(`${question.type} ${question.name}`);
    const zone = zones.get(question.name.toLowerCase());
    if (zone === 'silent') return;
    const records = typeof zone === 'function' ? zone() : zone;
    const answers = records && records !== 'fail' ? answersTo(question, records) : [];
    const code = records === undefined ? 3 : records === 'fail' ? 2 : 0;
    const flags = dnsPacket.RECURSION_DESIRED | dnsPacket.RECURSION_AVAILABLE | code;
    const reply = dnsPacket.encode({ id, type: 'response', flags, questions: asked, answers });
    socket.send(reply, sender.port, sender.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(socket.address() as AddressInfo).port}`,
    set: (name, zone) => void zones.set(name.toLowerCase(), zone),
    clear: () => {
      zones.clear();
      questions.length = 0;
    },
    questions,
    close: () => new Promise((resolve) => socket.close(resolve)),
  };
}

function answersTo({ name, type }: Question, records: DnsRecords): Answer[] {
  if (type === 'A' || type === 'AAAA') return (records[type] ?? []).map((data) => ({ type, name, ttl: 0, data }));
  if (type === 'TXT') return (records.TXT ?? []).map((text) => ({ type, name, ttl: 0, data: stringsOf(text) }));
  return [];
}

function stringsOf(text: string): Buffer[] {
  const bytes = Buffer.from(text, 'utf8');
  const count = Math.max(1, Math.ceil(bytes.length / 255));
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * 255, (i + 1) * 255));
}
