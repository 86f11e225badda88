import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Oid } from '../../model/head.ts';
import { MINUTE } from '../../time.ts';
import { ForgeError } from '../error.ts';
import { decode, isLfsPointer } from '../text.ts';
import { readBlobs } from './blobs.ts';
import { isAttributes } from './names.ts';
import { type Git, records } from './process.ts';
import type { Contents, TreeEntry } from './tree-entry.ts';

/** A filter may fetch what it has not got, and that may take for ever. */
const FILTER_TIMEOUT = MINUTE;

/**
 * Contents of files in the order asked. A file with a filter in `.gitattributes`, such as Git LFS,
 * is read through it: what is in the repository is not what is in the file.
 *
 * @param tree lists the `.gitattributes` that bear on the files, among others
 */
export async function readContents(
  git: Git,
  entries: readonly TreeEntry[],
  tree: readonly TreeEntry[],
  maxBytes: number,
): Promise<readonly Contents[]> {
  const rules = tree.filter(({ path, mode }) => isAttributes(path) && mode.startsWith('100'));
  const blobs = await readBlobs(
    git,
    [...entries, ...rules].map(({ oid }) => oid),
    maxBytes,
  );
  const contents = blobs.slice(0, entries.length).map((bytes): Contents => bytes ?? 'too-large');
  const attributes = rules.flatMap(({ path }, index): readonly Attributes[] => {
    const bytes = blobs[entries.length + index];
    return bytes === undefined ? [] : [{ path, bytes }];
  });
  const filters =
    attributes.some(({ bytes }) => bytes.includes('filter')) || contents.some(isPointer);
  return filters ? throughFilters(git, entries, contents, attributes, maxBytes) : contents;
}

const isPointer = (bytes: Contents): boolean =>
  typeof bytes !== 'string' && isLfsPointer(decode(bytes.subarray(0, 200)) ?? '');

interface Attributes {
  readonly path: string;
  readonly bytes: Buffer;
}

/** Git reads attributes from a work tree: it gets one that has nothing else. */
async function throughFilters(
  git: Git,
  entries: readonly TreeEntry[],
  contents: readonly Contents[],
  attributes: readonly Attributes[],
  maxBytes: number,
): Promise<readonly Contents[]> {
  const workshop = await mkdtemp(join(tmpdir(), 'sluice-'));
  try {
    for (const { path, bytes } of attributes) {
      await mkdir(dirname(join(workshop, path)), { recursive: true });
      await writeFile(join(workshop, path), bytes);
    }
    const inWorkshop = git.inFolder(workshop);
    const filtered = await filteredAmong(
      inWorkshop,
      entries.map(({ path }) => path),
    );
    const read: Contents[] = [];
    for (const [index, { path, oid }] of entries.entries()) {
      const raw = contents[index] ?? 'too-large';
      read.push(filtered.has(path) ? await smudged(inWorkshop, path, oid, maxBytes) : raw);
    }
    return read;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

async function filteredAmong(git: Git, paths: readonly string[]): Promise<ReadonlySet<string>> {
  const output = await git.output(['check-attr', '-z', '--stdin', 'filter'], {
    input: paths.map((path) => `${path}\0`).join(''),
  });
  const fields = records(output).map((field) => field.toString('utf8'));
  const found = new Set<string>();
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [path = '', , value = ''] = fields.slice(at, at + 3);
    if (!['unspecified', 'unset', 'set', ''].includes(value)) found.add(path);
  }
  return found;
}

/** A file as its filter gives it; no more of it is kept than may be read. */
async function smudged(git: Git, path: string, oid: Oid, maxBytes: number): Promise<Contents> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    await git.stream(
      // The filter alone: line endings are what the repository has.
      ['-c', 'core.autocrlf=false', 'cat-file', '--filters', `--path=${path}`, oid],
      (chunk) => {
        chunks.push(chunk);
        size += chunk.length;
        return size <= maxBytes;
      },
      { timeout: FILTER_TIMEOUT },
    );
  } catch (error) {
    if (error instanceof ForgeError) return 'filter-failed';
    throw error;
  }
  return size > maxBytes ? 'too-large' : Buffer.concat(chunks);
}
