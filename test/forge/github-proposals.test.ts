import { describe, expect, it } from 'vitest';
import { createClient } from '../../src/forge/github/client.ts';
import { findPulls, listProposals } from '../../src/forge/github/pulls.ts';
import { namesOf, properName } from '../../src/forge/names.ts';

const NAME = 'rollout/revert/x/canary-20261203T090511Z';

/** A GitHub that answers each query by what is asked of a repository. */
function asking(repository: (query: string) => object) {
  let asked = 0;
  const client = createClient(
    {
      request: async (_, parameters) => {
        asked += 1;
        if (asked > 500) throw new Error('asked without end');
        const data = { repository: repository(String(parameters.query)) };
        return { status: 200, data: { data }, headers: {} };
      },
    },
    { owner: 'acme', repo: 'shop', now: () => 0, secrets: [], sleep: async () => undefined },
  );
  return { client, asked: () => asked };
}

const more = { hasNextPage: true, endCursor: 'next' };
const stranger = {
  url: 'https://github.example/acme/shop/pull/8',
  viewerDidAuthor: false,
  isCrossRepository: false,
};

describe('what a push can make any number of', () => {
  it('branches below rollout/revert/: no more than a thousand are looked at, and that is said', async () => {
    const warnings: string[] = [];
    const nodes = Array.from({ length: 100 }, (_, index) => ({
      prefix: 'refs/heads/rollout/revert/',
      name: `x/${index}`,
      associatedPullRequests: { totalCount: 0, nodes: [] },
    }));
    const { client, asked } = asking(() => ({ refs: { nodes, pageInfo: more } }));
    expect(await listProposals(client, undefined, (text) => warnings.push(text))).toEqual([]);
    // Ten pages, and one that says that there are more.
    expect(asked()).toBe(11);
    expect(warnings.join()).toContain('more than 1000 branches below rollout/revert/');
  });

  it('branches with many pull requests: no more than ten are searched', async () => {
    const warnings: string[] = [];
    const nodes = Array.from({ length: 100 }, (_, index) => ({
      prefix: 'refs/heads/rollout/revert/',
      name: `x/${index}`,
      associatedPullRequests: { totalCount: 6, nodes: [] },
    }));
    const last = { hasNextPage: false, endCursor: null };
    const { client, asked } = asking((query) =>
      query.includes('refs(')
        ? { refs: { nodes, pageInfo: last } }
        : { pullRequests: { nodes: [stranger], pageInfo: last } },
    );
    await listProposals(client, undefined, (text) => warnings.push(text));
    expect(asked()).toBe(11);
    expect(warnings.join()).toContain('more than 10 branches');
  });

  it('pull requests of one name: no more than a thousand are searched for ours', async () => {
    const { client, asked } = asking((query) =>
      query.includes('p0:')
        ? { p0: { totalCount: 6, nodes: [] } }
        : { pullRequests: { nodes: Array(100).fill(stranger), pageInfo: more } },
    );
    expect(await findPulls(client, NAME, 'main')).toEqual({ own: [], foreign: [] });
    expect(asked()).toBe(11);
  });
});

describe('the names of a revert', () => {
  it('are its own, and those for when that is taken', () => {
    expect(namesOf(NAME)).toEqual([NAME, `${NAME}.2`, `${NAME}.3`, `${NAME}.4`]);
    expect(namesOf(NAME).map(properName)).toEqual([NAME, NAME, NAME, NAME]);
  });

  it('leave alone a flag that is called as if it were one of them', () => {
    const odd = 'rollout/revert/Z.2/v1.2-20261203T090511Z';
    expect(namesOf(odd).map(properName)).toEqual([odd, odd, odd, odd]);
  });
});
