import { getViewer } from '#lib/auth/viewer.ts';
import { keyKeeperOf } from '#lib/feed/store/change-keys.ts';
import { exportFeed } from '#lib/feed/store/export-feed.ts';
import { problemOf } from '#lib/http/respond.ts';

// POST /orgs/{org}/feed-archive – the feed with a long lease, for a network without connection; for owners
export async function POST(request: Request, { params }: { params: Promise<{ org: string }> }): Promise<Response> {
  try {
    const slug = (await params).org;
    const days = (await request.formData()).get('days');
    const keeper = keyKeeperOf(await getViewer(), slug);
    const { bytes, serial } = await exportFeed({ keeper, days: days === null ? undefined : Number(days) });
    return new Response(new Uint8Array(bytes), {
      headers: {
        'content-type': 'application/x-tar',
        'content-disposition': `attachment; filename="feed-${slug}-${serial}.tar"`,
        'cache-control': 'no-store',
      },
    });
  } catch (error) {
    return problemOf(error);
  }
}
