import { getViewer, requireOrg } from '#lib/auth/viewer.ts';
import { handleMachineRequest } from '#lib/http/handle-machine-request.ts';
import { orgReportResponse } from '#lib/http/orgs/handle-org-report.ts';
import { withoutSharing } from '#lib/http/orgs/open-org.ts';
import { problem, problemOf } from '#lib/http/respond.ts';

export const dynamic = 'force-dynamic';

type Params = { org: string; name: string; version: string };

// GET /api/v1/orgs/{org}/servers/{name}/versions/{version}/report – for a person who is signed in; tokens are answered before
export async function GET(request: Request, { params }: { params: Promise<Params> }): Promise<Response> {
  const answered = await handleMachineRequest(request);
  if (answered) return answered;
  const { org: slug, name, version } = await params;
  try {
    const [serverName, versionName] = [decoded(name), decoded(version)];
    if (serverName === null || versionName === null) return problem(400, 'The path has a broken percent-encoding.');
    const org = requireOrg(await getViewer(), slug, 'org.read');
    return withoutSharing(await orgReportResponse({ request, org, serverName, version: versionName }));
  } catch (error) {
    return withoutSharing(problemOf(error));
  }
}

/** Next gives the parts of a path as they were sent. */
function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
