/**
 * The file system of an image while its layers are put together (OCI image specification, "Layer"). Paths are resolved
 * here, on names alone: nothing is written where a link of the image would lead.
 */
export type ImageNode =
  | { kind: 'directory'; layer: number; children: Map<string, ImageNode> }
  | { kind: 'file'; layer: number; content: StoredFile }
  | { kind: 'link'; layer: number; target: string };

/** A file's bytes, stored under a number; hard links share it. */
export type StoredFile = { id: number; size: number; isExecutable: boolean };

type Directory = Extract<ImageNode, { kind: 'directory' }>;

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
/** ELOOP of path_resolution(7). */
const MAX_LINKS = 40;
const MAX_DEPTH = 128;

export class ImageTree {
  readonly root: Directory = { kind: 'directory', layer: 0, children: new Map() };

  /** Whether `name` of a layer says that something of the layers below is gone; does it. */
  removeMarked(name: string, layer: number): boolean {
    const parts = partsOf(name);
    const last = parts?.at(-1);
    if (!parts || !last?.startsWith(WHITEOUT)) return false;
    const parent = this.#directory(parts.slice(0, -1), null);
    if (!parent) return true;
    if (last !== OPAQUE) {
      parent.children.delete(last.slice(WHITEOUT.length));
      return true;
    }
    for (const [child, node] of parent.children) if (node.layer < layer) parent.children.delete(child);
    return true;
  }

  addDirectory(name: string, layer: number): void {
    const parts = partsOf(name);
    if (parts) this.#directory(parts, layer);
  }

  /** Puts a file or link at `name`, in place of what is there. False where the name leads nowhere. */
  put(name: string, node: Exclude<ImageNode, Directory>): boolean {
    const parts = partsOf(name);
    const last = parts?.pop();
    const parent = parts && last ? this.#directory(parts, node.layer) : null;
    if (!parent || !last) return false;
    parent.children.set(last, node);
    return true;
  }

  /** The node at `name`, following links in its parents; null where there is none. */
  find(name: string): ImageNode | null {
    const parts = partsOf(name);
    if (!parts) return null;
    const last = parts.pop();
    if (last === undefined) return this.root;
    return this.#directory(parts, null)?.children.get(last) ?? null;
  }

  /** Makes `name` a directory, wherever links in it lead. */
  require(name: string): void {
    this.addDirectory(name, Number.MAX_SAFE_INTEGER);
  }

  /** Makes `name` a directory that something can be mounted on: without a link on the way. Links and files there give way. */
  requireMountPoint(name: string): void {
    let at = this.root;
    for (const part of partsOf(name) ?? []) {
      const child = at.children.get(part);
      const next: Directory =
        child?.kind === 'directory'
          ? child
          : { kind: 'directory', layer: Number.MAX_SAFE_INTEGER, children: new Map<string, ImageNode>() };
      at.children.set(part, next);
      at = next;
    }
  }

  /** Whether a link is on the way to `name`. */
  passesLink(name: string): boolean {
    let at: ImageNode | undefined = this.root;
    for (const part of partsOf(name) ?? []) {
      at = at?.kind === 'directory' ? at.children.get(part) : undefined;
      if (at?.kind === 'link') return true;
    }
    return false;
  }

  /** Puts an empty file wherever there is none, so that one can be mounted over it. Its id is of no stored file. */
  requireFiles(names: readonly string[]): void {
    names.forEach((name, index) => {
      if (this.find(name)?.kind === 'file') return;
      const content = { id: -1 - index, size: 0, isExecutable: false };
      this.put(name, { kind: 'file', layer: Number.MAX_SAFE_INTEGER, content });
    });
  }

  /** The directory that the parts lead to, links followed; made where it is missing and `layer` is given. */
  #directory(parts: readonly string[], layer: number | null): Directory | null {
    let links = 0;
    let open = [...parts];
    let path: Directory[] = [this.root];
    while (open.length > 0) {
      const [part = '', ...rest] = open;
      open = rest;
      const at = path.at(-1) ?? this.root;
      if (part === '' || part === '.') continue;
      if (part === '..') {
        if (path.length > 1) path.pop();
        continue;
      }
      const child = at.children.get(part);
      if (child?.kind === 'link') {
        links += 1;
        if (links > MAX_LINKS || open.length > MAX_DEPTH) return null;
        open = [...child.target.split('/'), ...open];
        if (child.target.startsWith('/')) path = [this.root];
        continue;
      }
      if (child?.kind === 'directory') {
        path.push(child);
        continue;
      }
      if (layer === null) return null;
      const made: Directory = { kind: 'directory', layer, children: new Map() };
      at.children.set(part, made);
      path.push(made);
    }
    return path.at(-1) ?? null;
  }
}

/** The parts of a name in a layer; null for one that leads out of it or is too deep. */
function partsOf(name: string): string[] | null {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  const isUsable = parts.every((part) => part !== '..' && !part.includes('\0') && part.length <= 255);
  return isUsable && parts.length <= MAX_DEPTH ? parts : null;
}
