import { createTransport } from 'nodemailer';

export type OutgoingMail = { id: string; to: string; subject: string; text: string };

/** `isFinal`: the mail server said that this mail will never be taken. */
export type MailResult = { ok: true } | { ok: false; error: string; isFinal: boolean };

export type MailTransport = { send(mail: OutgoingMail): Promise<MailResult>; close(): void };

/** The way to the mail server of SMTP_URL. The address is the admin's, so private networks are fine. */
export function createMailTransport({ url, from }: { url: string; from: string }): MailTransport {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 2,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    // Nothing in a mail is ever read from a file or an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  } as never);
  const domain = /@([^\s<>@]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
  return {
    send: async ({ id, to, subject, text }) => {
      try {
        await transport.sendMail({
          from,
          // An object is one address, whatever commas are in it.
          to: { name: '', address: to },
          subject,
          text,
          // The same in every try: a mail that came twice is shown once.
          messageId: `<${id}@${domain}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
        return { ok: true };
      } catch (error) {
        return resultOf(error);
      }
    },
    close: () => transport.close(),
  };
}

/** RFC 5321 §4.2.1: 5yz is a permanent refusal. Of the login (535) it is our configuration's fault, not the mail's. */
function resultOf(error: unknown): MailResult {
  const { responseCode, code, message } = error as { responseCode?: number; code?: string; message: string };
  const isFinal = responseCode !== undefined && responseCode >= 500 && code !== 'EAUTH';
  return { ok: false, error: `${code ?? 'ERROR'}: ${message}`.replaceAll('\0', '').slice(0, 500), isFinal };
}
