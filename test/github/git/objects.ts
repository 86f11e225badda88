import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { ObjectType } from './reader.ts';

/** Writes a loose object, as `git hash-object -w` would, without a process for each. */
export async function writeObject(
  dir: string,
  type: ObjectType,
  content: Uint8Array,
): Promise<string> {
  const whole = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
  const oid = createHash('sha1').update(whole).digest('hex');
  const folder = join(dir, 'objects', oid.slice(0, 2));
  const file = join(folder, oid.slice(2));
  const exists = await stat(file).then(
    () => true,
    () => false,
  );
  if (!exists) {
    await mkdir(folder, { recursive: true });
    const temporary = `${file}.${randomUUID()}`;
    await writeFile(temporary, deflateSync(whole, { level: 1 }));
    await rename(temporary, file);
  }
  return oid;
}

export interface TreeEntry {
  /** As git prints it: `100644`, `040000` … */
  readonly mode: string;
  readonly name: string;
  readonly oid: string;
}

export function entryType({ mode }: Pick<TreeEntry, 'mode'>): 'blob' | 'tree' | 'commit' {
  if (mode === '040000') return 'tree';
  return mode === '160000' ? 'commit' : 'blob';
}

export function parseTree(content: Buffer): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  let at = 0;
  while (at < content.length) {
    const space = content.indexOf(32, at);
    const end = content.indexOf(0, space);
    entries.push({
      mode: content.subarray(at, space).toString().padStart(6, '0'),
      name: content.subarray(space + 1, end).toString(),
      oid: content.subarray(end + 1, end + 21).toString('hex'),
    });
    at = end + 21;
  }
  return entries;
}

/** Git sorts a tree's entries by their bytes, a folder as though its name ended in a slash. */
export function formatTree(entries: readonly TreeEntry[]): Buffer {
  const key = (entry: TreeEntry) =>
    Buffer.from(entryType(entry) === 'tree' ? `${entry.name}/` : entry.name);
  return Buffer.concat(
    [...entries]
      .sort((a, b) => Buffer.compare(key(a), key(b)))
      .map(({ mode, name, oid }) =>
        Buffer.concat([
          Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`),
          Buffer.from(oid, 'hex'),
        ]),
      ),
  );
}

export interface Signature {
  readonly name: string;
  readonly email: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface CommitData {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

function signed({ name, email, at }: Signature): string {
  const clean = (text: string) => text.replace(/[<>\n]/g, '');
  return `${clean(name)} <${clean(email)}> ${Math.floor(at / 1000)} +0000`;
}

export function formatCommit(commit: CommitData): Buffer {
  return Buffer.from(
    [
      `tree ${commit.tree}`,
      ...commit.parents.map((parent) => `parent ${parent}`),
      `author ${signed(commit.author)}`,
      `committer ${signed(commit.committer)}`,
      '',
      commit.message,
    ].join('\n'),
  );
}

export function parseCommit(content: Buffer): CommitData {
  const text = content.toString();
  const end = text.indexOf('\n\n');
  const lines = text.slice(0, end).split('\n');
  const value = (key: string) =>
    lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  return {
    tree: value('tree')[0] ?? '',
    parents: value('parent'),
    author: parseSignature(value('author')[0] ?? ''),
    committer: parseSignature(value('committer')[0] ?? ''),
    message: text.slice(end + 2),
  };
}

function parseSignature(line: string): Signature {
  const match = /^(.*) <(.*)> (\d+) [+-]\d{4}$/.exec(line);
  return { name: match?.[1] ?? '', email: match?.[2] ?? '', at: Number(match?.[3] ?? 0) * 1000 };
}
