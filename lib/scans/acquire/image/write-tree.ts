import { chmod, link, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageNode, ImageTree } from './image-tree.ts';

/**
 * Writes the tree below the empty directory `root`, files moved out of `store`. Links come last: nothing is ever written
 * through one. Everything is readable for every user and belongs to ours, without set-user-id bits.
 */
export async function writeTree(tree: ImageTree, { root, store }: { root: string; store: string }): Promise<void> {
  const links: { path: string; target: string }[] = [];
  const written = new Map<number, string>();
  const open: { path: string; node: ImageNode }[] = [{ path: root, node: tree.root }];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const { path, node } = item;
    if (node.kind === 'link') links.push({ path, target: node.target });
    else if (node.kind === 'file') {
      const { id, isExecutable } = node.content;
      const first = written.get(id);
      if (first !== undefined) await link(first, path);
      else if (id < 0) await writeFile(path, '', { flag: 'wx', mode: 0o644 });
      else {
        await rename(join(store, String(id)), path);
        await chmod(path, isExecutable ? 0o755 : 0o644);
        written.set(id, path);
      }
    } else {
      await mkdir(path, { recursive: true });
      await chmod(path, 0o755);
      for (const [name, child] of node.children) open.push({ path: join(path, name), node: child });
    }
  }
  for (const { path, target } of links) if (target !== '') await symlink(target, path);
}
