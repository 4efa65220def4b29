import { getViewer } from '#lib/auth/viewer.ts';
import { clientOfFile } from '#lib/exports/index.ts';
import { handleMachineRequest } from '#lib/http/handle-machine-request.ts';
import { parseExportRequest } from '#lib/http/orgs/handle-exports.ts';
import { problem, problemOf } from '#lib/http/respond.ts';
import { downloadExport } from '#lib/orgs/published/download-export.ts';

export const dynamic = 'force-dynamic';

// GET /orgs/{org}/exports/{file} – a client's file, for a person who is signed in; others are answered before
export async function GET(
  request: Request,
  { params }: { params: Promise<{ org: string; file: string[] }> },
): Promise<Response> {
  const answered = await handleMachineRequest(request);
  if (answered) return answered;
  const { org, file } = await params;
  const client = file.length === 1 ? clientOfFile(file[0]!) : null;
  if (client === null) return problem(404, 'No client has a file of this name.');
  try {
    const asked = parseExportRequest(new URL(request.url).searchParams);
    const made = await downloadExport({ viewer: await getViewer(), orgSlug: org, client, asked });
    return new Response(made.text, {
      headers: {
        'content-type': `${made.contentType}; charset=utf-8`,
        'content-disposition': `attachment; filename="${made.file}"`,
        'cache-control': 'private, no-store',
        'x-content-type-options': 'nosniff',
      },
    });
  } catch (error) {
    return problemOf(error);
  }
}

// Looking whether it is there is no download.
export const HEAD = () => new Response(null, { status: 405, headers: { allow: 'GET' } });
