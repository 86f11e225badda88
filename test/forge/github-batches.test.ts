import { describe, expect, it } from 'vitest';
import { inBatches, inPages } from '../../src/forge/github/batches.ts';
import type { QueryOptions } from '../../src/forge/github/client.ts';
import { GitHubError } from '../../src/forge/github/error.ts';

const items = (n: number): readonly string[] => Array.from({ length: n }, (_, i) => `item ${i}`);

type Code = ConstructorParameters<typeof GitHubError>[0];

/** A GitHub that answers about so many things at once, and fails with this code beyond. */
function spends(most: number, code: Code = 'too-large') {
  const sizes: number[] = [];
  const slept: number[] = [];
  let retried = 0;
  const client = {
    query: async <T>(_: string, variables?: object, options?: QueryOptions): Promise<T> => {
      const { size } = variables as { readonly size: number };
      sizes.push(size);
      if ((options?.tries ?? 3) > 1) retried += 1;
      if (size > most) throw new GitHubError(code, 'POST /graphql', 'Something went wrong');
      return size as T;
    },
    sleep: async (duration: number) => {
      slept.push(duration);
    },
  };
  const batches = (all: readonly string[], size: number) =>
    inBatches(
      client,
      all,
      size,
      async (batch, query) => {
        await query('', { size: batch.length });
        return batch.map((item) => item.toUpperCase());
      },
      (item) => item,
    );
  async function pages(all: readonly string[], size: number): Promise<readonly string[]> {
    const found: string[] = [];
    const list = inPages(client, size, async ({ first, after }, query) => {
      await query('', { size: first });
      const from = after === null ? 0 : Number(after);
      const nodes = all.slice(from, from + first);
      const end = from + nodes.length;
      return { nodes, pageInfo: { hasNextPage: end < all.length, endCursor: String(end) } };
    });
    for await (const item of list) found.push(item);
    return found;
  }
  return { batches, pages, sizes, slept, retried: () => retried };
}

describe('a question about many things', () => {
  it('is one query each hundred', async () => {
    const { batches, sizes } = spends(100);
    const all = items(250);
    expect(await batches(all, 100)).toEqual(all.map((item) => item.toUpperCase()));
    expect(sizes).toEqual([100, 100, 50]);
    expect(await batches([], 100)).toEqual([]);
  });

  it.each(['too-large', 'ambiguous'] as const)(
    'that brings no answer (%s) is halved, and stays so',
    async (code) => {
      const { batches, sizes } = spends(30, code);
      const all = items(120);
      expect(await batches(all, 100)).toEqual(all.map((item) => item.toUpperCase()));
      expect(sizes).toEqual([100, 50, 25, 25, 25, 25, 20]);
    },
  );

  it('waits a second before the half only if it is not the size that GitHub complains of', async () => {
    const large = spends(1, 'too-large');
    await large.batches(items(4), 4);
    expect(large.slept).toEqual([]);
    const busy = spends(1, 'ambiguous');
    await busy.batches(items(4), 4);
    expect(busy.slept).toEqual([1000, 1000]);
  });

  it('is tried again as it is only when it is about one thing', async () => {
    const { batches, sizes, retried } = spends(1);
    await batches(items(3), 3);
    expect(sizes).toEqual([3, 2, 1, 1, 1]);
    expect(retried()).toBe(3);
  });

  it.each(['too-large', 'ambiguous'] as const)(
    'names the one that alone brings no answer (%s), after a bounded number of queries',
    async (code) => {
      const { batches, sizes } = spends(0, code);
      await expect(batches(items(1000), 100)).rejects.toMatchObject({
        code,
        message: 'POST /graphql: Something went wrong (asked about item 0 alone)',
      });
      expect(sizes).toEqual([100, 50, 25, 13, 7, 4, 2, 1]);
    },
  );

  it.each(['refused', 'not-found', 'rate-limited'] as const)(
    'is not halved when the answer is no (%s)',
    async (code) => {
      const { batches, sizes } = spends(50, code);
      await expect(batches(items(100), 100)).rejects.toMatchObject({ code });
      expect(sizes).toEqual([100]);
    },
  );
});

describe('a list', () => {
  it('is read in pages, smaller ones after one that brought no answer', async () => {
    const { pages, sizes } = spends(30);
    const all = items(60);
    expect(await pages(all, 100)).toEqual(all);
    expect(sizes).toEqual([100, 50, 25, 25, 25]);
  });

  it('whose single items bring no answer fails', async () => {
    const { pages, sizes } = spends(0, 'ambiguous');
    await expect(pages(items(3), 100)).rejects.toMatchObject({ code: 'ambiguous' });
    expect(sizes).toEqual([100, 50, 25, 13, 7, 4, 2, 1]);
  });

  it('that is not there is empty', async () => {
    const { query, sleep } = { query: async <T>() => undefined as T, sleep: async () => undefined };
    const list = inPages({ query, sleep }, 100, async () => null);
    expect(await list.next()).toEqual({ done: true, value: undefined });
  });
});
