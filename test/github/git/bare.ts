import { rm } from 'node:fs/promises';
import { writeEmptyRepository } from '../../support/empty-repository.ts';
import {
  type CommitData,
  entryType,
  formatCommit,
  formatTree,
  parseCommit,
  parseTree,
  type TreeEntry,
  writeObject,
} from './objects.ts';
import { type GitResult, git, tryGit } from './process.ts';
import { type GitObject, type ObjectInfo, ObjectReader } from './reader.ts';

/** A file's new content, or `null` to delete it; a mode where it is not a plain file. */
export type FileContent =
  | string
  | Uint8Array
  | null
  | { readonly mode: '100644' | '100755' | '120000'; readonly content: string | Uint8Array };

export interface RefAt {
  readonly ref: string;
  readonly oid: string;
  readonly type: string;
}

/** A leaf of a tree with its whole path. */
export interface PathEntry extends TreeEntry {
  readonly path: string;
}

/** A bare repository: git's own plumbing, with its objects read and written without a process. */
export class BareRepository {
  readonly dir: string;
  readonly #reader: ObjectReader;

  private constructor(dir: string) {
    this.dir = dir;
    this.#reader = new ObjectReader(dir);
  }

  static async create(dir: string, branch: string): Promise<BareRepository> {
    // Like GitHub: actions/checkout asks for a commit by its id, not only for branches.
    const config = '[uploadpack]\nallowAnySHA1InWant = true\n';
    await writeEmptyRepository(dir, { bare: true, branch, config });
    return new BareRepository(dir);
  }

  static async clone(from: BareRepository, dir: string): Promise<BareRepository> {
    await git('/', ['clone', '--quiet', '--bare', from.dir, dir]);
    return new BareRepository(dir);
  }

  git(...args: readonly string[]): Promise<string> {
    return git(this.dir, args);
  }

  tryGit(args: readonly string[], input?: string): Promise<GitResult> {
    return tryGit(this.dir, args, input);
  }

  async delete(): Promise<void> {
    this.#reader.close();
    await rm(this.dir, { recursive: true, force: true, maxRetries: 3 });
  }

  /** What a name (an object id, a ref, `ref:path`) stands for. */
  info(name: string): Promise<ObjectInfo | undefined> {
    return this.#reader.info(name);
  }

  async ref(ref: string): Promise<ObjectInfo | undefined> {
    // A ref's name and nothing else: `heads/main~3` is an expression, not a ref.
    if (!ref.startsWith('refs/') || /[\s~^:?*[\\]|\.\.|@\{/.test(ref)) return undefined;
    return this.#reader.info(ref);
  }

  async refs(...prefixes: readonly string[]): Promise<readonly RefAt[]> {
    const format = '--format=%(refname) %(objectname) %(objecttype)';
    const listed = await this.git('for-each-ref', format, ...prefixes);
    return listed === ''
      ? []
      : listed.split('\n').map((line) => {
          const [ref = '', oid = '', type = ''] = line.split(' ');
          return { ref, oid, type };
        });
  }

  /** Moves, makes (`from` undefined) or deletes (`to` undefined) a ref, only if it is at `from`. */
  async updateRef(
    ref: string,
    to: string | undefined,
    from: string | undefined,
  ): Promise<GitResult> {
    const zero = '0'.repeat(40);
    return to === undefined
      ? this.tryGit(['update-ref', '-d', ref, ...(from === undefined ? [] : [from])])
      : this.tryGit(['update-ref', ref, to, from ?? zero]);
  }

  async blob(name: string): Promise<Buffer | undefined> {
    const object = await this.#reader.content(name);
    return object?.type === 'blob' ? object.content : undefined;
  }

  async tree(name: string): Promise<readonly TreeEntry[] | undefined> {
    const object = await this.#reader.content(name);
    return object?.type === 'tree' ? parseTree(object.content) : undefined;
  }

  async commit(name: string): Promise<(CommitData & { readonly oid: string }) | undefined> {
    const object = await this.#reader.content(name);
    return object?.type === 'commit'
      ? { oid: object.oid, ...parseCommit(object.content) }
      : undefined;
  }

  /** Writes a commit with all its files, and nothing before it, into the `.git` of a work tree. */
  async copyCommit(oid: string, into: string): Promise<void> {
    const object = await this.#copy(oid, into);
    if (object.type !== 'commit') throw new Error(`${oid} is a ${object.type}, not a commit`);
    await this.#copyTree(parseCommit(object.content).tree, into);
  }

  async #copyTree(oid: string, into: string): Promise<void> {
    const { content } = await this.#copy(oid, into);
    await Promise.all(
      parseTree(content).map(async (entry) => {
        const type = entryType(entry);
        if (type === 'tree') await this.#copyTree(entry.oid, into);
        else if (type === 'blob') await this.#copy(entry.oid, into);
      }),
    );
  }

  async #copy(oid: string, into: string): Promise<GitObject> {
    const object = await this.#reader.content(oid);
    if (object === undefined) throw new Error(`${this.dir} has no object ${oid}`);
    await writeObject(into, object.type, object.content);
    return object;
  }

  writeBlob(content: string | Uint8Array): Promise<string> {
    return writeObject(this.dir, 'blob', Buffer.from(content));
  }

  writeTree(entries: readonly TreeEntry[]): Promise<string> {
    return writeObject(this.dir, 'tree', formatTree(entries));
  }

  writeCommit(commit: CommitData): Promise<string> {
    return writeObject(this.dir, 'commit', formatCommit(commit));
  }

  /** The entry at a path of a tree. */
  async entry(tree: string, path: string): Promise<TreeEntry | undefined> {
    let here: TreeEntry | undefined = { mode: '040000', name: '', oid: tree };
    for (const part of path.split('/').filter((name) => name !== '')) {
      if (here === undefined || entryType(here) !== 'tree') return undefined;
      here = (await this.tree(here.oid))?.find(({ name }) => name === part);
    }
    return here;
  }

  /** Everything below a tree, folders before what is in them, as `git ls-tree -r -t`. */
  async walk(tree: string, prefix = ''): Promise<readonly PathEntry[]> {
    const found: PathEntry[] = [];
    for (const entry of (await this.tree(tree)) ?? []) {
      const path = `${prefix}${entry.name}`;
      found.push({ ...entry, path });
      if (entryType(entry) === 'tree') found.push(...(await this.walk(entry.oid, `${path}/`)));
    }
    return found;
  }

  /** A tree with some of its paths changed or (undefined) removed; emptied folders go with them. */
  async edit(
    tree: string | undefined,
    changes: ReadonlyMap<string, { readonly mode: string; readonly oid: string } | undefined>,
  ): Promise<string> {
    const entries = new Map(
      (tree === undefined ? [] : ((await this.tree(tree)) ?? [])).map((e) => [e.name, e]),
    );
    const folders = new Map<
      string,
      Map<string, { readonly mode: string; readonly oid: string } | undefined>
    >();
    for (const [path, change] of changes) {
      const slash = path.indexOf('/');
      if (slash < 0) {
        if (change === undefined) entries.delete(path);
        else entries.set(path, { ...change, name: path });
        continue;
      }
      const name = path.slice(0, slash);
      const inner = folders.get(name) ?? new Map();
      folders.set(name, inner.set(path.slice(slash + 1), change));
    }
    for (const [name, inner] of folders) {
      const old = entries.get(name);
      const below = old !== undefined && entryType(old) === 'tree' ? old.oid : undefined;
      const oid = await this.edit(below, inner);
      if (((await this.tree(oid)) ?? []).length === 0) entries.delete(name);
      else entries.set(name, { mode: '040000', name, oid });
    }
    return this.writeTree([...entries.values()]);
  }

  /** `edit` with contents in place of objects. */
  async editFiles(
    tree: string | undefined,
    files: Readonly<Record<string, FileContent>>,
  ): Promise<string> {
    const changes = new Map<string, { readonly mode: string; readonly oid: string } | undefined>();
    for (const [path, file] of Object.entries(files)) {
      if (file === null) changes.set(path, undefined);
      else if (typeof file === 'string' || file instanceof Uint8Array) {
        changes.set(path, { mode: '100644', oid: await this.writeBlob(file) });
      } else changes.set(path, { mode: file.mode, oid: await this.writeBlob(file.content) });
    }
    return this.edit(tree, changes);
  }

  async isAncestor(ancestor: string, of: string): Promise<boolean> {
    if (ancestor === of) return true;
    return (await this.tryGit(['merge-base', '--is-ancestor', ancestor, of])).code === 0;
  }

  async mergeBase(a: string, b: string): Promise<string | undefined> {
    const { code, stdout } = await this.tryGit(['merge-base', a, b]);
    return code === 0 ? stdout.trim() : undefined;
  }

  /** The tree of a merge, or undefined where it conflicts. */
  async merge(ours: string, theirs: string): Promise<string | undefined> {
    const { code, stdout } = await this.tryGit(['merge-tree', '--write-tree', ours, theirs]);
    return code === 0 ? stdout.trim() : undefined;
  }

  /** Commits reachable from one, as `git log` finds and orders them. */
  async log(from: string, options: readonly string[] = [], path?: string): Promise<string[]> {
    const paths = path === undefined || path === '' ? [] : ['--', `:(literal)${path}`];
    const listed = await this.git('log', '--format=%H', ...options, from, ...paths);
    return listed === '' ? [] : listed.split('\n');
  }
}
