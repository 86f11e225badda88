import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { pullRequestEvent } from '../github/events.ts';
import type { Ran } from '../github/runner.ts';
import { CONFIG, closeShops, flag, inStage, openShop, type Shop } from '../support/shop.ts';

afterAll(closeShops);

const FILE = 'rollouts/checkout.yaml';
/** One moment for all: what a change leaves alone is the same to the second. */
const CANARY = inStage('canary', 3);
const MARKER = '<!-- sluice:review -->';
const BOT = 'github-actions[bot]';
const GOOD = flag('checkout', undefined, 'expires: 2099-01-01\n');

/** A pull request with these files, into a repository with those, and the run that reviews it. */
async function reviewed(
  files: Readonly<Record<string, string | null>>,
  before: Readonly<Record<string, string>> = {},
): Promise<{ readonly shop: Shop; readonly number: number; readonly ran: Ran }> {
  const shop = await openShop(before);
  const number = await shop.repository.openPullRequest({ head: 'change', files });
  return { shop, number, ran: await shop.review(number) };
}

const bodies = ({ repository }: Shop, number: number): readonly string[] =>
  repository.comments(number).map(({ body }) => body);

/** What annotations say: severity, place and title. */
const marks = ({ annotations }: Ran) =>
  annotations.map(({ level, properties: { file, line, col, title } }) =>
    [level, file, line, col, title].filter((each) => each !== undefined).join(' '),
  );

describe.concurrent('a review', () => {
  it('of a good rollout says so, with its plan', async () => {
    const { shop, number, ran } = await reviewed({ [FILE]: GOOD });
    expect([ran.code, ran.stderr, ran.annotations]).toEqual([0, '', []]);
    const [comment] = shop.repository.comments(number);
    expect(comment?.user).toBe(BOT);
    expect(comment?.body).toContain('✅ Rollout review: 1 file checked, nothing to say');
    expect(comment?.body).toMatch(/checkout@.*production.*at the earliest:\n\n\| When \| Stage/);
    expect(comment?.body).toMatch(/\| `quarter` \| 25 % \| 7d \|/);
    expect(`${MARKER}\n${ran.summary.trim()}`).toBe(comment?.body.trim());
    expect(JSON.parse(ran.outputs.result ?? '')).toMatchObject({ files: [FILE], problems: [] });
    // The files are in the workspace; asked is which changed, what was before, and for the comment.
    expect(shop.github.count()).toBeLessThanOrEqual(7);
  });

  it('of a bad one marks file, line and column, lists what is wrong, and fails', async () => {
    const { shop, number, ran } = await reviewed({
      [FILE]: GOOD.replace('percentage: 5,', 'percentag: 5,'),
      'rollouts/search.yaml': flag('search').replace('[errors]', '[error]'),
    });
    expect(ran.code).toBe(1);
    expect(marks(ran)).toEqual([
      `error ${FILE} 4 25 Sluice: unknown-key`,
      'error rollouts/search.yaml 5 10 Sluice: unknown-metric',
    ]);
    expect(ran.annotations[0]?.message).toContain('did you mean `percentage`?');
    const [body] = bodies(shop, number);
    expect(body).toContain('❌ Rollout review: 2 errors in 2 files');
    expect(body).toContain(`\`${FILE}:4:25\``);
    expect(body).toContain('did you mean `percentage`?');
  });

  it('marks the first ten errors, says how many more, and puts all in the summary', async () => {
    const names = Array.from({ length: 14 }, (_, i) => `flag-${i}`);
    const { ran } = await reviewed(
      Object.fromEntries(names.map((name) => [`rollouts/${name}.yaml`, `flag: ${name}\nbad: 1\n`])),
    );
    const errors = ran.annotations.filter(({ level }) => level === 'error');
    expect(errors).toHaveLength(10);
    const found = [...ran.summary.matchAll(/^\| ❌ /gm)].length;
    expect(found).toBeGreaterThan(14);
    expect(ran.annotations.at(-1)?.message).toBe(
      `${found - 10} more errors can be read in the job summary.`,
    );
    for (const name of names) expect(ran.summary).toContain(`rollouts/${name}.yaml:`);
  });

  it('with warnings alone succeeds', async () => {
    const soon = GOOD.replace('duration: 1d', 'duration: 2h');
    const { shop, number, ran } = await reviewed({ [FILE]: soon });
    expect(ran.code).toBe(0);
    expect(marks(ran)).toEqual([expect.stringMatching(/^warning .*stage-too-short/)]);
    expect(bodies(shop, number)[0]).toContain('⚠️ Rollout review: 1 warning in 1 file');
  });

  it('refuses a status moved forward by hand', async () => {
    const { ran } = await reviewed(
      { [FILE]: flag('checkout', CANARY.replace('canary', 'full')) },
      { [FILE]: flag('checkout', CANARY) },
    );
    expect(ran.code).toBe(1);
    expect(marks(ran)).toEqual([expect.stringMatching(/^error .*Sluice: status-written-by-hand/)]);
  });

  it('compares with the branch as it is now, not as the event knew it', async () => {
    const text = flag('checkout', inStage('canary', 30));
    const shop = await openShop({ [FILE]: text });
    const files = { [FILE]: `# Ada wrote this.\n${text}` };
    const number = await shop.repository.openPullRequest({ head: 'words', files });
    const { payload } = await pullRequestEvent(shop.github, shop.repository, number);
    // Meanwhile the bot moves the flag; GitHub merges both for the run.
    await shop.repository.commit({ files: { [FILE]: flag('checkout', inStage('quarter', 1)) } });
    const event = await pullRequestEvent(shop.github, shop.repository, number);
    const ran = await shop.run({ ...event, payload });
    expect([ran.code, marks(ran)]).toEqual([0, []]);
  });

  it('takes new metrics and ladders of a config changed along, and not its looser policy', async () => {
    const { shop, number, ran } = await reviewed({
      '.github/sluice.yml': CONFIG.replace(
        'metrics:',
        `ladders:\n  mine: ${'[{name: all, percentage: 100, duration: 1d}]'}\nmetrics:\n  latency: {unit: seconds, query: 'latency {{flag}} {{variant}}', limits: {max: 1}}`,
      ).replace('rules: {', "rules: {jump-to-full: 'off', "),
      [FILE]: GOOD.replace(/stages: .*/, 'stages: mine').replace('[errors]', '[errors, latency]'),
    });
    expect(ran.code).toBe(1);
    expect(new Set(marks(ran).map((mark) => mark.split(': ')[1]))).toContain('jump-to-full');
    expect(marks(ran).join()).not.toMatch(/unknown/);
    expect(bodies(shop, number)[0]).toContain('the policy is the one in force now');
  });

  it('of a config says which rollouts it would break', async () => {
    const { ran } = await reviewed(
      { '.github/sluice.yml': CONFIG.replace('errors:', 'failures:') },
      { [FILE]: GOOD },
    );
    expect(ran.code).toBe(1);
    expect(marks(ran)).toEqual([`error ${FILE} 5 10 Sluice: unknown-metric`]);
  });

  it('compares a renamed file with what it was', async () => {
    const { ran } = await reviewed(
      {
        [FILE]: null,
        'rollouts/production/checkout.yaml': flag('checkout', CANARY.replace('canary', 'full')),
      },
      { [FILE]: flag('checkout', CANARY) },
    );
    expect(marks(ran)).toEqual([
      expect.stringMatching(/error rollouts\/production\/checkout.yaml .*status-written-by-hand/),
    ]);
  });

  it('says what becomes of the users of a flag that is swapped, and of one that is deleted', async () => {
    const live = flag('checkout', CANARY, 'expires: 2099-01-01\n');
    const swapped = live.replace('stages:', "treatment: 'off'\ncontrol: 'on'\nstages:");
    const { ran } = await reviewed({ [FILE]: swapped }, { [FILE]: live });
    expect(ran.code).toBe(1);
    expect(marks(ran)).toEqual([
      expect.stringMatching(/^error .*checkout.yaml .*variants-changed$/),
    ]);
    expect(ran.annotations[0]?.message).toContain('treatment and control are swapped');

    // Deleted, or moved to where no rollouts are read.
    for (const files of [{ [FILE]: null }, { [FILE]: null, 'old/checkout.yaml': live }]) {
      const deleted = await reviewed(files, { [FILE]: live });
      expect(deleted.ran.code).toBe(1);
      expect(marks(deleted.ran)).toEqual([`error ${FILE} 2 1 Sluice: live-rollout-deleted`]);
      const [body] = bodies(deleted.shop, deleted.number);
      expect(body).toContain('❌ Rollout review: 1 error in 1 file');
      expect(body).toMatch(/in `canary`.*services use the default of their code/);
    }
  });

  it('says what becomes of the users of a flag that loses its target, or gets an end', async () => {
    const live = flag('checkout', CANARY, 'expires: 2099-01-01\n');
    const config = '.github/sluice.yml';
    const moved = CONFIG.replace('flags/exposures.json', 'flags/all.json');
    const { shop, number, ran } = await reviewed({ [config]: moved }, { [FILE]: live });
    expect([ran.code, marks(ran)]).toEqual([0, [`warning ${config} 8 10 Sluice: target-removed`]]);
    const [body] = bodies(shop, number);
    expect(body).toContain('⚠️ Rollout review: 1 warning in 1 file');
    expect(body).toMatch(
      /no rollback or kill .* flags\/exposures\.json .*services read flags\/all\.json/,
    );

    // Deleted, or renamed to where nobody looks for it.
    for (const files of [{ [config]: null }, { [config]: null, 'sluice.yml': CONFIG }]) {
      const gone = await reviewed(files, { [FILE]: live });
      expect(gone.ran.code).toBe(1);
      expect(marks(gone.ran)).toContain(`error ${config} 1 1 Sluice: target-removed`);
    }

    const dated = await reviewed({ [FILE]: `end: 2098-01-01\n${live}` }, { [FILE]: live });
    expect(marks(dated.ran)).toEqual([
      expect.stringMatching(/^warning .*checkout.yaml 1 6 .*dates-changed-by-hand$/),
    ]);
    expect(bodies(dated.shop, dated.number)[0]).toContain(
      'From Wed 1 Jan 2098, 00:00 UTC everybody gets `off`, unless it is completed by then: the rollout ends.',
    );
  });

  it('from a fork writes nothing but annotations and the summary', async () => {
    const shop = await openShop({});
    const files = { [FILE]: GOOD.replace('[errors]', '[error]') };
    const number = await shop.repository.openPullRequest({
      head: 'change',
      files,
      user: 'mallory',
      fork: true,
    });
    const token = shop.github.token({ kind: 'fork', repository: shop.repository });
    const ran = await shop.review(number, { token });
    expect(ran.code).toBe(1);
    expect(marks(ran)).toHaveLength(1);
    expect(ran.summary).toContain('❌ Rollout review: 1 error in 1 file');
    expect(shop.github.writes()).toEqual([]);
    expect(bodies(shop, number)).toEqual([]);
  });

  it('with a token that may not comment says where it is', async () => {
    const shop = await openShop({});
    const number = await shop.repository.openPullRequest({ head: 'x', files: { [FILE]: GOOD } });
    const permissions = { contents: 'read', pull_requests: 'read' } as const;
    const { github, repository } = shop;
    const ran = await shop.review(number, {
      token: github.token({ kind: 'actions', repository, permissions }),
    });
    expect(ran.code).toBe(0);
    expect(ran.annotations).toMatchObject([
      { level: 'notice', message: expect.stringMatching(/Resource not accessible.*job summary/) },
    ]);
  });

  it('reads files by the API where there is no checkout', async () => {
    const shop = await openShop({ [FILE]: flag('checkout', CANARY) });
    const files = { [FILE]: flag('checkout', CANARY.replace('canary', 'full')) };
    const number = await shop.repository.openPullRequest({ head: 'change', files });
    const ran = await shop.review(number, { checkout: 'none' });
    expect(ran.code).toBe(1);
    expect(marks(ran)).toEqual([expect.stringMatching(/status-written-by-hand/)]);
  });

  it('of what touches no rollout writes no comment', async () => {
    const { shop, ran } = await reviewed({ 'readme.md': 'Hello\n' }, { [FILE]: GOOD });
    expect([ran.code, ran.annotations]).toEqual([0, []]);
    expect(shop.github.writes()).toEqual([]);
  });

  it('needs no secret and asks no metrics host', async () => {
    let asked = 0;
    const host = createServer((_, response) => {
      asked += 1;
      response.end('{}');
    });
    await new Promise<void>((listening) => host.listen(0, '127.0.0.1', listening));
    const { port } = host.address() as AddressInfo;
    const config = CONFIG.replace(
      /recorded: .*/,
      `prod: {type: prometheus, url: 'http://127.0.0.1:${port}', allow_http: true, auth: {bearer: PROMETHEUS_TOKEN}}`,
    );
    const { ran } = await reviewed(
      { [FILE]: flag('checkout', CANARY.replace('canary', 'quarter')) },
      { '.github/sluice.yml': config, [FILE]: flag('checkout', CANARY) },
    );
    host.close();
    expect(ran.stdout).toContain('status-written-by-hand');
    expect(asked).toBe(0);
  });

  it('refuses pull_request_target', async () => {
    const shop = await openShop({});
    const number = await shop.repository.openPullRequest({ head: 'x', files: { [FILE]: GOOD } });
    const event = await pullRequestEvent(shop.github, shop.repository, number);
    for (const command of ['auto', 'validate']) {
      const ran = await shop.run(
        { ...event, event: 'pull_request_target', ref: 'refs/heads/main' },
        { inputs: { command } },
      );
      expect(ran.code).toBe(2);
      expect(ran.annotations[0]?.message).toContain('on: pull_request`');
    }
    expect(shop.github.requests).toEqual([]);
  });

  it('finds a change that hides behind three thousand other files', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => [`a/${i}.txt`, `${i}\n`] as const);
    const { ran } = await reviewed(
      { ...Object.fromEntries(many), [FILE]: flag('checkout', CANARY.replace('canary', 'full')) },
      { [FILE]: flag('checkout', CANARY) },
    );
    expect(marks(ran)).toEqual([expect.stringMatching(/status-written-by-hand/)]);
  });
});

describe.concurrent('the comment of a review', () => {
  it('is written once, left alone when unchanged, updated when not', async () => {
    const { shop, number } = await reviewed({ [FILE]: GOOD.replace('[errors]', '[error]') });
    shop.github.clearLog();
    await shop.review(number);
    expect(shop.github.writes()).toEqual([]);

    await shop.repository.commit({ branch: 'change', files: { [FILE]: GOOD } });
    await shop.review(number);
    expect(bodies(shop, number)).toEqual([expect.stringContaining('✅')]);

    await shop.repository.commit({ branch: 'change', files: { [FILE]: null } });
    await shop.review(number);
    expect(bodies(shop, number)).toEqual([expect.stringContaining('changes no rollout any more')]);
  });

  it('is found on the third page, and never taken for that of a forger', async () => {
    const shop = await openShop({});
    const { repository } = shop;
    const number = await repository.openPullRequest({ head: 'x', files: { [FILE]: GOOD } });
    const forged = shop.comment(number, 'mallory', `${MARKER}\n✅ all is well`);
    for (let i = 0; i < 230; i += 1) shop.comment(number, 'grace', `Comment ${i}`);
    await shop.review(number);
    for (let i = 0; i < 20; i += 1) shop.comment(number, 'grace', `Later ${i}`);
    await repository.commit({ branch: 'x', files: { [FILE]: `# Better.\n${GOOD}\nbad: 1\n` } });
    await shop.review(number);
    const ours = repository.comments(number).filter(({ user }) => user === BOT);
    expect(ours).toMatchObject([{ body: expect.stringContaining('❌'), edited: true }]);
    expect(repository.comments(number).find(({ id }) => id === forged)?.edited).toBe(false);
  });
});

/** Everything at once that somebody might try with words. */
const EVIL =
  '<img src=x onerror=alert(1)> **bold** @ada @acme/payments #1 [link](https://evil.example) <!-- sluice:review --> `code` | cell https://evil.example';

describe.concurrent('a hostile pull request', () => {
  it('gets its words back as words', async () => {
    const { shop, number, ran } = await reviewed({
      [FILE]: GOOD.replace(
        'owners:',
        `description: ${JSON.stringify(EVIL)}\nlabels: {team: ${JSON.stringify(`${EVIL}\n::error::x`)}}\nowners:`,
      ),
      'rollouts/words.yaml': `flag: ${JSON.stringify(`${EVIL}\n::set-output name=x::y`)}\n${JSON.stringify(EVIL)}: 1\n`,
      'rollouts/a\n::error::forged.yaml': 'flag: [\n',
      'rollouts/"quoted" `x` <!-- sluice:reply:1 --> @ada.yaml': 'flag: x\n',
    });
    expect(ran.code).toBe(1);
    const [body = '', ...more] = bodies(shop, number);
    expect(more).toEqual([]);
    const rendered = body.replace(MARKER, '').replace(/`[^`\n]+`/g, 'CODE');
    expect(rendered).not.toMatch(/<|@[A-Za-z]|#\d|https:\/\/e|(?<!\\)\*\*bold|\]\(/);
    expect(
      ran.annotations.every(({ properties }) => properties.title?.startsWith('Sluice: ')),
    ).toBe(true);
    expect(Object.keys(ran.outputs).sort()).toEqual([
      'changed',
      'commit-sha',
      'decision',
      'drifted',
      'pull-requests',
      'result',
    ]);
  });

  it('is refused its links, its bombs and its bulk, with and without a checkout', async () => {
    const shop = await openShop({ [FILE]: GOOD });
    const bomb = `a: &a [x]\n${Array.from(
      { length: 30 },
      (_, i) =>
        `k${i}: &b${i} [${Array(10)
          .fill(i === 0 ? '*a' : `*b${i - 1}`)
          .join(', ')}]`,
    ).join('\n')}\n`;
    const { repository } = shop;
    const number = await repository.openPullRequest({
      head: 'evil',
      files: {
        'rollouts/link.yaml': { mode: '120000', content: '../.github/sluice.yml' },
        'rollouts/bomb.yaml': bomb,
        'rollouts/large.yaml': `flag: large\ndescription: ${'x'.repeat(10 << 20)}\n`,
      },
    });
    for (const checkout of ['merge', 'none'] as const) {
      const ran = await shop.review(number, { checkout });
      expect(ran.code).toBe(1);
      const codes = Object.fromEntries(
        marks(ran).map((mark) => [/rollouts\/(\w+)/.exec(mark)?.[1], mark.split(': ')[1]]),
      );
      expect(codes).toMatchObject({ link: 'symlink', large: 'too-large' });
      expect(codes.bomb).toMatch(/alias|too/);
    }
    expect(bodies(shop, number)).toHaveLength(1);
  });

  it('cannot make the comment longer than GitHub takes', async () => {
    const keys = Array.from({ length: 90 }, (_, i) => `${'x'.repeat(120)}${i}: '@ada'`);
    const files = Array.from({ length: 10 }, (_, i) => [
      `rollouts/checkout-${i}.yaml`,
      `${GOOD}${keys.join('\n')}\n`,
    ]);
    const { shop, number, ran } = await reviewed(Object.fromEntries(files));
    const [body = ''] = bodies(shop, number);
    expect(body.length).toBeGreaterThan(60_000);
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body).toMatch(/\|\n\n_Shortened: the whole is in the job summary._$/);
    expect(ran.summary.length).toBeGreaterThan(body.length);
  });
});
