import { afterAll, describe, expect, it } from 'vitest';
import { readTrailers } from '../../src/tell/commit.ts';
import { expectCalmAction, expectInert } from '../corpus/clean.ts';
import { type Row, rowsOf } from '../corpus/table.ts';
import { evidenceHolds } from '../support/evidence.ts';
import { INSTRUCTS } from '../support/instructions.ts';
import { closeShops, flag, inStage, metrics, openShop, type Shop } from '../support/shop.ts';

afterAll(closeShops);

const FILE = 'rollouts/checkout.yaml';
const BOT = 'github-actions[bot]';

async function open(): Promise<{ readonly shop: Shop; readonly issue: number }> {
  const shop = await openShop({
    [FILE]: flag('checkout', inStage('quarter', 30)),
    'metrics.csv': metrics({ checkout: 0.002 }),
  });
  shop.github.user('mallory');
  return { shop, issue: shop.repository.openIssue({ title: 'Talk' }) };
}

const rows = rowsOf('comments');
const wanting = (what: RegExp): readonly Row[] => rows.filter(({ says }) => what.test(says));

/** Says what a row says, and looks at all that came of it but the words. */
async function said({ shop, issue }: Awaited<ReturnType<typeof open>>, row: Row) {
  const { repository } = shop;
  const before = { head: await repository.head(), comments: repository.comments(issue).length };
  const { by = 'ada', file, bytes } = row;
  const ran = await shop.say(issue, by, bytes.toString('utf8'));
  expectCalmAction(ran, file);
  expect(ran.code, file).toBe(0);
  expect(ran.annotations, file).toEqual([]);
  expect(ran.outputs['pull-requests'], file).toBe('[]');
  const [asked, ...replies] = repository.comments(issue).slice(before.comments);
  expect(asked?.edited, file).toBe(false);
  for (const reply of replies) {
    expect(reply.user, file).toBe(BOT);
    expect(reply.body, file).toMatch(new RegExp(`^<!-- sluice:reply:${asked?.id} \\w+ -->\\n`));
    expectInert(reply.body.replace(/^<!--.*-->\n/, ''), file);
    expect(reply.body.length, file).toBeLessThan(5000);
  }
  expect(
    repository.comments(issue).filter(({ edited }) => edited),
    file,
  ).toEqual([]);
  expect(await repository.branches(), file).toEqual(['main']);
  const moved = (await repository.head()) !== before.head;
  return { ran, moved, replies: replies.map(({ body }) => body), reactions: asked?.reactions };
}

const words = (reply: string | undefined): string => reply?.replace(/[\\\u2060`]/g, '') ?? '';

/** Some rows at a time: each takes a run of the Action. */
function inParts(of: readonly Row[], size: number): readonly (readonly [string, readonly Row[]])[] {
  const parts = Math.ceil(of.length / size);
  return Array.from({ length: parts }, (_, i) => [
    `${i + 1} of ${parts}`,
    of.slice(i * size, (i + 1) * size),
  ]);
}

describe.concurrent('a comment', () => {
  it.each(inParts(wanting(/^nothing$/), 16))(
    'that is no command, or by nobody who is obeyed, does nothing: %s',
    async (_, some) => {
      const at = await open();
      for (const row of some) {
        const { moved, replies, reactions } = await said(at, row);
        expect([moved, replies, reactions], row.file).toEqual([false, [], []]);
      }
      expect(at.shop.github.writes()).toEqual([]);
    },
  );

  it.each(inParts(wanting(/^refused/), 16))(
    'that cannot be obeyed is told why: %s',
    async (_, some) => {
      const at = await open();
      for (const row of some) {
        const { moved, replies, reactions } = await said(at, row);
        expect(moved, row.file).toBe(false);
        expect(
          reactions?.map(({ content }) => content),
          row.file,
        ).toEqual(['eyes', '-1']);
        expect(replies, row.file).toHaveLength(1);
        expect(words(replies[0]).toLowerCase(), row.file).toContain(
          row.says.replace('refused: ', '').toLowerCase(),
        );
      }
    },
  );

  it.each(wanting(/^done/))('$file, $is, is one commit that says so', async (row) => {
    const at = await open();
    const { repository } = at.shop;
    const { moved, replies } = await said(at, row);
    expect(moved).toBe(true);
    const [commit, ...earlier] = await repository.commits();
    expect(earlier).toHaveLength(1);
    const message = commit?.message ?? '';
    expect(message.split('\n')[0]?.toLowerCase()).toContain(row.says.replace('done: ', ''));
    expect(readTrailers(message)).toMatchObject([{ key: 'checkout@production', by: 'ada' }]);
    expect(evidenceHolds(message)).toBe(true);
    // Whoever reads trailers finds one, in the last paragraph; nothing else begins a line like one.
    expect(message.match(/^[A-Za-z-]+: /gm)).toEqual(['Rollout: ']);
    expect(message).not.toMatch(INSTRUCTS);
    expect(message.replace(/[\n\u2060]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    expect(message.length).toBeLessThan(4000);
    expect((await repository.files())[FILE]).toMatch(/phase: paused, stage: quarter/);
    expect(replies).toEqual([expect.stringContaining('🚀')]);
  });
});
