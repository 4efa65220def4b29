import { ReadableStream } from 'node:stream/web';
import { exportOrgEvents } from '#lib/audit/export/export-org-events.ts';
import { getViewer } from '#lib/auth/viewer.ts';
import { problemOf } from '#lib/http/respond.ts';

const TYPES = { jsonl: 'application/jsonl', csv: 'text/csv; charset=utf-8' };

// GET /orgs/{org}/audit/export?format=jsonl|csv&from&to&kind – the events as a file, for those who may read them
export async function GET(request: Request, { params }: { params: Promise<{ org: string }> }): Promise<Response> {
  try {
    const query = new URL(request.url).searchParams;
    const { format, fileName, lines } = await exportOrgEvents({
      viewer: await getViewer(),
      orgSlug: (await params).org,
      query,
    });
    return new Response(ReadableStream.from(encoded(lines)) as BodyInit, {
      headers: {
        'content-type': TYPES[format],
        'content-disposition': `attachment; filename="${fileName}"`,
        'cache-control': 'no-store',
      },
    });
  } catch (error) {
    return problemOf(error);
  }
}

/** Bytes in pieces of some kilobytes: a line alone is too small to be worth a write. */
async function* encoded(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let piece = '';
  for await (const line of lines) {
    piece += line;
    if (piece.length < 32_768) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  if (piece) yield Buffer.from(piece);
}
