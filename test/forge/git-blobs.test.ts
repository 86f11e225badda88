import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ForgeError } from '../../src/forge/error.ts';
import { readBlobs } from '../../src/forge/git/blobs.ts';

/** What `git cat-file --batch` says of some contents. */
const batchOf = (contents: readonly Uint8Array[]): Buffer =>
  Buffer.concat(
    contents.flatMap((bytes) => [
      Buffer.from(`${'a'.repeat(40)} blob ${bytes.length}\n`),
      bytes,
      Buffer.from('\n'),
    ]),
  );

/** A git whose output comes in pieces of these sizes, over and over. */
const gitSaying = (output: Buffer, sizes: readonly number[] = [output.length]) => ({
  stream: async (_: readonly string[], take: (chunk: Buffer) => boolean) => {
    for (let at = 0, turn = 0; at < output.length; turn += 1) {
      const size = sizes[turn % sizes.length] ?? 1;
      if (!take(output.subarray(at, at + size))) return;
      at += size;
    }
  },
});

const ids = (count: number) => Array.from({ length: count }, () => 'a'.repeat(40));

test('contents come back byte for byte, wherever the pipe cuts them', async () => {
  const pieces = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 90 })), pieces, async (all, sizes) => {
      const git = gitSaying(batchOf(all), sizes);
      const found = await readBlobs(git, ids(all.length), 60);
      expect(found.map((bytes) => bytes && [...bytes])).toEqual(
        all.map((bytes) => (bytes.length > 60 ? undefined : [...bytes])),
      );
    }),
  );
});

test('an object that the repository lacks is named, and what to do', async () => {
  const output = Buffer.concat([batchOf([Buffer.from('x')]), Buffer.from('bbbb missing\n')]);
  await expect(readBlobs(gitSaying(output), ids(2), 60)).rejects.toThrow(
    new ForgeError(
      'git-failed',
      'The repository lacks an object that a commit needs (bbbb missing). Run git fsck; in a partial clone, git fetch.',
    ),
  );
});
