import type { Oid } from '../../model/head.ts';
import { ForgeError } from '../error.ts';
import type { Git } from './process.ts';

/**
 * Contents of blobs in the order asked, in one process; `undefined` for one over `maxBytes`. That
 * one passes by and is not kept, so that no file, however large, takes more memory than that.
 *
 * @throws ForgeError `git-failed`, where the repository lacks one too.
 */
export async function readBlobs(
  git: Pick<Git, 'stream'>,
  oids: readonly Oid[],
  maxBytes: number,
): Promise<readonly (Buffer | undefined)[]> {
  if (oids.length === 0) return [];
  const reader = new BatchReader(maxBytes);
  const input = oids.map((oid) => `${oid}\n`).join('');
  await git.stream(['cat-file', '--batch'], (chunk) => reader.take(chunk), { input });
  if (reader.lacking === undefined) return reader.found;
  throw new ForgeError(
    'git-failed',
    `The repository lacks an object that a commit needs (${reader.lacking}). Run git fsck; in a partial clone, git fetch.`,
  );
}

/** Reads `<oid> blob <size>\n<contents>\n`, again and again, in chunks that end anywhere. */
class BatchReader {
  readonly found: (Buffer | undefined)[] = [];
  /** What git said in place of an object. */
  lacking: string | undefined;
  private header = '';
  /** Of the blob that is being read; its size counts the line break after it. */
  private size = 0;
  private left = 0;
  private parts: Buffer[] = [];

  constructor(private readonly maxBytes: number) {}

  /** @returns whether what follows is of any use. */
  take(chunk: Buffer): boolean {
    for (let at = 0; at < chunk.length && this.lacking === undefined; ) {
      at = this.left === 0 ? this.takeHeader(chunk, at) : this.takeContents(chunk, at);
    }
    return this.lacking === undefined;
  }

  private takeHeader(chunk: Buffer, from: number): number {
    const end = chunk.indexOf(0x0a, from);
    this.header += chunk.toString('latin1', from, end < 0 ? chunk.length : end);
    if (end < 0) return chunk.length;
    const bytes = Number(this.header.split(' ')[2]);
    if (!Number.isInteger(bytes)) this.lacking = this.header;
    this.size = bytes + 1;
    this.left = this.size;
    this.header = '';
    return end + 1;
  }

  private takeContents(chunk: Buffer, from: number): number {
    const part = chunk.subarray(from, from + this.left);
    const keep = this.size - 1 <= this.maxBytes;
    if (keep) this.parts.push(part);
    this.left -= part.length;
    if (this.left === 0) {
      this.found.push(keep ? Buffer.concat(this.parts).subarray(0, -1) : undefined);
      this.parts = [];
    }
    return from + part.length;
  }
}
