import { type AddressInfo, createServer, type Socket } from 'node:net';

export type ReceivedMail = {
  from: string;
  /** Every RCPT TO of the envelope. */
  to: string[];
  /** As it came, without the dots that were stuffed. */
  raw: string;
  /** Header fields in order, unfolded; names in lower case. */
  headers: [name: string, value: string][];
  /** The body, decoded. */
  text: string;
};

export type TestSmtpServer = {
  url: string;
  mails: ReceivedMail[];
  /** What is answered to the end of DATA; null: taken. Asked for every mail. */
  refuse: ((mail: ReceivedMail) => string | null) | null;
  /** Ends every connection at its first command. */
  isDown: boolean;
  clear(): void;
  close(): Promise<void>;
};

/** A mail server on loopback that keeps what it gets (RFC 5321: EHLO, MAIL, RCPT, DATA, RSET, QUIT). */
export async function startSmtpServer(): Promise<TestSmtpServer> {
  const sockets = new Set<Socket>();
  const kit: TestSmtpServer = {
    url: '',
    mails: [],
    refuse: null,
    isDown: false,
    clear: () => {
      kit.mails.length = 0;
      kit.refuse = null;
      kit.isDown = false;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    talk(socket, kit);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  kit.url = `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return kit;
}

function talk(socket: Socket, kit: TestSmtpServer): void {
  let buffer = '';
  let envelope = { from: '', to: [] as string[] };
  let isData = false;
  const say = (line: string) => socket.write(`${line}\r\n`);
  say('220 test ESMTP');
  socket.setEncoding('utf8');
  socket.on('data', (piece) => {
    buffer += piece;
    for (;;) {
      if (isData) {
        const end = buffer.indexOf('\r\n.\r\n');
        if (end === -1) return;
        const mail = parseMail(envelope, buffer.slice(0, end));
        buffer = buffer.slice(end + 5);
        isData = false;
        const refusal = kit.refuse?.(mail) ?? null;
        if (refusal === null) kit.mails.push(mail);
        say(refusal ?? '250 taken');
        continue;
      }
      const end = buffer.indexOf('\r\n');
      if (end === -1) return;
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + 2);
      if (kit.isDown) {
        socket.destroy();
        return;
      }
      command(line);
    }
  });

  function command(line: string): void {
    const verb = line.slice(0, 4).toUpperCase();
    const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
    if (verb === 'EHLO' || verb === 'HELO') say('250 test');
    else if (verb === 'MAIL') {
      envelope = { from: address, to: [] };
      say('250 ok');
    } else if (verb === 'RCPT') {
      envelope.to.push(address);
      say('250 ok');
    } else if (verb === 'DATA') {
      isData = true;
      say('354 go on');
    } else if (verb === 'RSET' || verb === 'NOOP') say('250 ok');
    else if (verb === 'QUIT') {
      say('221 bye');
      socket.end();
    } else say('500 unknown');
  }
}

function parseMail({ from, to }: { from: string; to: string[] }, data: string): ReceivedMail {
  const raw = data.replace(/^\.\./gm, '.');
  const split = raw.indexOf('\r\n\r\n');
  const fields = raw
    .slice(0, split)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = fields.map((field): [string, string] => {
    const colon = field.indexOf(':');
    return [field.slice(0, colon).toLowerCase(), decodeWords(field.slice(colon + 1).trim())];
  });
  const encoding = headers.find(([name]) => name === 'content-transfer-encoding')?.[1].toLowerCase();
  return { from, to, raw, headers, text: decodeBody(raw.slice(split + 4), encoding) };
}

/** RFC 2047 encoded words; white space between two of them is none. */
const decodeWords = (text: string): string =>
  text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toUpperCase() === 'B' ? Buffer.from(word, 'base64').toString('utf8') : quoted(word.replaceAll('_', ' ')),
    );

function decodeBody(body: string, encoding: string | undefined): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  return encoding === 'quoted-printable' ? quoted(body.replace(/=\r\n/g, '')) : body;
}

const quoted = (text: string): string =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
