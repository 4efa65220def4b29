import { getViewer } from '#lib/auth/viewer.ts';
import { feedTrust } from '#lib/feed/store/feed-trust.ts';
import { problemOf } from '#lib/http/respond.ts';

// GET /orgs/{org}/feed-trust.json – what a gateway is configured with; for owners and reviewers
export async function GET(request: Request, { params }: { params: Promise<{ org: string }> }): Promise<Response> {
  try {
    const access = new URL(request.url).searchParams.get('access') === 'token' ? 'token' : 'key';
    const trust = await feedTrust({ viewer: await getViewer(), orgSlug: (await params).org, access });
    return new Response(`${JSON.stringify(trust, null, 2)}\n`, {
      headers: {
        'content-type': 'application/json',
        'content-disposition': 'attachment; filename="feed-trust.json"',
        'cache-control': 'no-store',
      },
    });
  } catch (error) {
    return problemOf(error);
  }
}
