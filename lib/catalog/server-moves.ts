import { type Db, db, Prisma, type Tx } from '#lib/db/db.ts';

/** Where a server went, and which names it had before. */
export type ServerMoves = {
  /** The name at the end of all accepted moves, or null when the server is where it was. */
  movedTo: string | null;
  /** Every name that leads here by accepted moves, nearest first. */
  movedFrom: string[];
};

/** Longer chains than anybody makes; the queries end here whatever the rows say. */
const MAX_STEPS = 100;

/** The name under which a server goes on, at the end of a chain of moves; null when it did not move. */
export async function movedTo(tx: Tx | Db, name: string): Promise<string | null> {
  return (await movedToOf([name], tx)).get(name) ?? null;
}

/** The same for many names in one query; names that did not move are missing. */
export async function movedToOf(names: readonly string[], tx: Tx | Db = db()): Promise<ReadonlyMap<string, string>> {
  if (names.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ origin: string; name: string }[]>`
    with recursive path(origin, name, step) as (
      select "fromName", "toName", 1 from "ServerMove"
      where state = 'accepted' and "fromName" in (${Prisma.join([...names])})
      union all
      select path.origin, m."toName", path.step + 1 from path
      join "ServerMove" m on m."fromName" = path.name and m.state = 'accepted'
      where path.step < ${MAX_STEPS})
    select distinct on (origin) origin, name from path order by origin, step desc`;
  return new Map(rows.map(({ origin, name }) => [origin, name]));
}

/** Where the server went and which names lead to it. */
export async function getMoves(name: string, tx: Tx | Db = db()): Promise<ServerMoves> {
  const [to, rows] = await Promise.all([
    movedTo(tx, name),
    tx.$queryRaw<{ name: string }[]>`
      with recursive path(name, step) as (
        select "fromName", 1 from "ServerMove" where state = 'accepted' and "toName" = ${name}
        union all
        select m."fromName", path.step + 1 from path
        join "ServerMove" m on m."toName" = path.name and m.state = 'accepted'
        where path.step < ${MAX_STEPS})
      select name from path group by name order by min(step), name`,
  ]);
  return { movedTo: to, movedFrom: rows.map((row) => row.name) };
}

/**
 * Names whose holders offered that they go on as this one, or that do already. They may show the same remote address
 * while both exist: a server that moves keeps it, and its first version under the new name comes before the move.
 */
export async function namesMovingTo(tx: Tx | Db, toName: string, now = new Date()): Promise<string[]> {
  const moves = await tx.serverMove.findMany({
    where: { toName, OR: [{ state: 'accepted' }, { state: 'offered', expiresAt: { gt: now } }] },
    select: { fromName: true },
  });
  return moves.map(({ fromName }) => fromName);
}
