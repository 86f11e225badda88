import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Ran } from '../github/runner.ts';
import { closeDesks, openDesk } from '../support/desk.ts';
import { FILE, standing } from '../support/incident.ts';
import { ago, CONFIG, closeShops, flag, inStage, metrics, openShop } from '../support/shop.ts';
import { type Strangers, startStrangers } from '../support/strangers.ts';

afterEach(closeShops);
afterAll(closeDesks);

const FILE_OF_CONFIG = '.github/sluice.yml';
const TOKEN = 'prom-t0ken';

/** Metrics hosts that answer honestly, and what each was sent to prove who asks. */
let hosts: Strangers;
let sent: string[];
beforeAll(async () => {
  hosts = await startStrangers({
    level: (response, asked) => {
      sent.push(asked.headers.authorization ?? String(asked.headers['x-key'] ?? ''));
      response.end(asked.honest());
    },
  });
});
beforeEach(() => {
  sent = [];
});
afterAll(() => hosts?.close());

/** A recording, and beside it a provider on a line of its own for each way to sign in. */
const configWith = (auths: readonly string[]): string => {
  const providers = auths.map(
    (auth, i) => `  prod-${i}: {type: prometheus, url: '${hosts.url}/level', auth: ${auth}}\n`,
  );
  const metrics = auths.map(
    (_, i) => `  level-${i}: {provider: prod-${i}, query: 'level{told="0"}', limits: {max: 1}}\n`,
  );
  return CONFIG.replace('metrics:\n', `${providers.join('')}metrics:\n${metrics.join('')}`).replace(
    "{unit: ratio, query: 'errors",
    "{provider: recorded, unit: ratio, query: 'errors",
  );
};

/** The line of the config that the first of those providers is on. */
const LINE = 3;

/** A flag that is judged by the host, and one with too many errors by the recording. */
const filesWith = (...auths: readonly string[]): Readonly<Record<string, string>> => ({
  [FILE_OF_CONFIG]: configWith(auths),
  [FILE]: flag('checkout', inStage('quarter', 3)).replace(", '@acme/payments'", ''),
  'rollouts/search.yaml': flag('search', inStage('canary', 30)).replace(
    '[errors]',
    `[${auths.map((_, i) => `level-${i}`).join(', ')}]`,
  ),
  'metrics.csv': metrics({ checkout: 0.05 }),
});

const REFUSED = [
  '{bearer: INPUT_TOKEN}',
  '{bearer: GITHUB_TOKEN}',
  '{bearer: github_token}',
  '{bearer: ACTIONS_RUNTIME_TOKEN}',
  '{header: {name: X-Key, value: RUNNER_NAME}}',
  '{basic: {username: PROM_TOKEN, password: GH_TOKEN}}',
];
const LINES = REFUSED.map((_, i) => LINE + i);
const ENV = {
  PROM_TOKEN: TOKEN,
  GH_TOKEN: 'gho_1',
  GITHUB_TOKEN: 'ghp_1',
  github_token: 'ghp_2',
  ACTIONS_RUNTIME_TOKEN: 'rt_1',
};

describe('a workflow', () => {
  /** The lines of the config that are annotated with an error of that code. */
  const marked = ({ annotations }: Ran, code: string): readonly number[] =>
    annotations
      .filter(({ level, properties: { file, title } }) => {
        return level === 'error' && file === FILE_OF_CONFIG && title === `Sluice: ${code}`;
      })
      .map(({ properties }) => Number(properties.line));

  it('sends what GitHub set for the run to nobody, says where it stands, and carries out the rest', async () => {
    const shop = await openShop(filesWith(...REFUSED));
    const ran = await shop.tick({ env: ENV });
    expect([ran.code, sent]).toEqual([2, []]);
    expect(marked(ran, 'reserved-variable')).toEqual(LINES);
    const { failures } = JSON.parse(ran.outputs.result ?? '');
    expect(failures).toContainEqual({
      code: 'bad-config',
      subject: expect.stringMatching(/^\.github\/sluice\.yml:3:\d+$/),
      detail: expect.stringContaining('may not send it anywhere; store the secret under a name'),
    });
    // The flag that another provider judges went back all the same, and a kill is carried out.
    expect(await standing(shop)).toBe('rolled-back canary');
    const issue = shop.repository.openIssue({ title: 'Search is slow' });
    const said = await shop.say(issue, 'ada', '/rollout kill search');
    expect(said.code).toBe(0);
    expect((await shop.repository.files())['rollouts/search.yaml']).toContain('kill: true');
  });

  it('is told of it when it is reviewed', async () => {
    const shop = await openShop({});
    const files = filesWith(...REFUSED);
    const number = await shop.repository.openPullRequest({ head: 'x', files });
    const ran = await shop.review(number);
    expect(ran.code).toBe(1);
    expect(marked(ran, 'reserved-variable')).toEqual(LINES);
    expect(shop.repository.comments(number)[0]?.body).toContain('`reserved-variable`');
  });

  it('is told of each new pair of credential and host when it is reviewed', async () => {
    const before = filesWith('{bearer: PROM_TOKEN}');
    const shop = await openShop(before);
    const pull = async (head: string, config: string) => {
      const number = await shop.repository.openPullRequest({
        head,
        files: { [FILE_OF_CONFIG]: config },
      });
      const ran = await shop.review(number);
      const [comment] = shop.repository.comments(number);
      return { ran, comment: comment?.body ?? '' };
    };
    const config = before[FILE_OF_CONFIG] ?? '';
    const moved = config
      .replace(hosts.url, 'https://evil.example')
      .replace('rules: {', "rules: {new-credential-host: 'off', ");
    const { ran, comment } = await pull('move', moved);
    expect([ran.code, sent]).toEqual([0, []]);
    expect(ran.annotations).toMatchObject([
      {
        level: 'warning',
        properties: {
          file: FILE_OF_CONFIG,
          line: String(LINE),
          col: '35',
          title: 'Sluice: new-credential-host',
        },
        message: expect.stringContaining('`PROM_TOKEN` will be sent to https://evil.example'),
      },
    ]);
    expect(comment).toContain('new-credential-host');
    expect(comment).toContain('evil.example');
    expect(JSON.parse(ran.outputs.result ?? '').problems).toMatchObject([
      { severity: 'warning', code: 'new-credential-host', line: LINE, text: expect.any(String) },
    ]);
    // A change to something else says nothing of them.
    const other = await pull('settle', `${config}settle: 7m\n`);
    expect(other.ran.annotations).toEqual([]);
  });

  it('is told of every pair when there was no valid config before', async () => {
    for (const before of ['', 'providers: [\n']) {
      const shop = await openShop({ [FILE_OF_CONFIG]: before });
      const files = filesWith('{bearer: PROM_TOKEN}');
      const number = await shop.repository.openPullRequest({ head: 'x', files });
      const ran = await shop.review(number);
      expect(ran.log).toContain('`PROM_TOKEN` will be sent to http://127.0.0.1');
    }
  });

  it('sends its own token to nobody under another name either', async () => {
    const shop = await openShop(filesWith('{bearer: COPY}'));
    const ran = await shop.tick({ env: { COPY: shop.token } });
    expect([ran.code, sent]).toEqual([1, []]);
    expect(ran.outputs.result).toContain('holds the token that Sluice uses on GitHub');
    expect(ran.outputs.result).not.toContain(shop.token);
  });

  it('with allowed-secrets uses those it names, and no other', async () => {
    const shop = await openShop(filesWith('{bearer: PROM_TOKEN}'));
    const tick = (allowed: string) =>
      shop.tick({ env: ENV, inputs: { 'allowed-secrets': allowed } });
    const refused = await tick('OTHER, ANOTHER');
    expect([refused.code, sent]).toEqual([2, []]);
    expect(marked(refused, 'secret-not-allowed')).toEqual([LINE]);
    expect(refused.log).toContain('add PROM_TOKEN to the input `allowed-secrets` in the workflow');
    const allowed = await tick('OTHER\nPROM_TOKEN');
    expect(allowed.annotations.filter(({ level }) => level === 'error')).toEqual([]);
    expect(new Set(sent)).toEqual(new Set([`Bearer ${TOKEN}`]));
  });

  it('with allowed-secrets that hold a secret repeats none of it', async () => {
    const shop = await openShop(filesWith('{bearer: PROM_TOKEN}'));
    const secret = 's3cret-value';
    const ran = await shop.tick({ inputs: { 'allowed-secrets': `PROM_TOKEN ${secret}` } });
    expect([ran.code, sent]).toEqual([2, []]);
    expect(ran.annotations[0]?.message).toContain('the input allowed-secrets');
    expect(JSON.stringify([ran.stdout, ran.summary, ran.outputs])).not.toContain(secret);
  });
});

describe('a terminal', () => {
  it('sends what GitHub set for the run to nobody, says where it stands, and carries out the rest', async () => {
    const desk = await openDesk(ago(40), filesWith(...REFUSED));
    const now = ago(0);
    const reviewed = await desk.run(now, 'validate');
    expect(reviewed.code).toBe(1);
    const errors = reviewed.json().problems.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ code, file, line }) => [code, file, line])).toEqual(
      LINES.map((line) => ['reserved-variable', FILE_OF_CONFIG, line]),
    );
    const ticked = await desk.show(now, ['reconcile'], { env: ENV });
    expect([ticked.code, sent]).toEqual([2, []]);
    expect(ticked.stdout).toMatch(
      /failed \.github\/sluice\.yml:3:\d+: the variable `\w+` belongs to GitHub .* bad-config/,
    );
    expect(await desk.reverts()).toHaveLength(1);
    const killed = await desk.show(now, ['respond', '/rollout kill search'], { env: ENV });
    expect(killed.code).toBe(0);
    expect(await desk.file('rollouts/search.yaml')).toContain('kill: true');
  });

  it('is told of each new pair of credential and host when it is reviewed', async () => {
    const before = filesWith('{bearer: PROM_TOKEN}');
    const desk = await openDesk(ago(40), before);
    const pairs = async (...args: readonly string[]) =>
      (await desk.run(ago(0), 'validate', ...args))
        .json()
        .problems.filter(({ code }) => code === 'new-credential-host')
        .map(({ severity, line, message }) => `${severity} ${line} ${message}`);
    expect(await pairs()).toEqual([]);
    const config = (before[FILE_OF_CONFIG] ?? '').replace(hosts.url, 'https://evil.example');
    await desk.repo.write(FILE_OF_CONFIG, config);
    const told = `warning ${LINE} \`PROM_TOKEN\` will be sent to https://evil.example, which does not get it now`;
    expect(await pairs()).toEqual([told]);
    await desk.repo.git('switch', '--quiet', '--create', 'change');
    await desk.repo.commitAll('Move');
    expect(await pairs()).toEqual([]);
    expect(await pairs('--base', 'main')).toEqual([told]);
  });

  it('with --allowed-secrets uses those it names, and no other', async () => {
    const desk = await openDesk(ago(40), filesWith('{bearer: PROM_TOKEN}'));
    const args = (command: string, names: string) => [command, '--allowed-secrets', names];
    const reviewed = await desk.show(ago(0), args('validate', 'OTHER'));
    expect(reviewed.stdout).toMatch(/^\.github\/sluice\.yml:3:\d+ error .* secret-not-allowed$/m);
    const refused = await desk.show(ago(0), args('reconcile', 'OTHER'), { env: ENV });
    expect([refused.code, sent]).toEqual([2, []]);
    expect(refused.stdout).toContain('(at a terminal: `--allowed-secrets`)');
    await desk.show(ago(0), args('status', 'OTHER,PROM_TOKEN'), { env: ENV });
    expect(new Set(sent)).toEqual(new Set([`Bearer ${TOKEN}`]));
    const bad = await desk.show(ago(0), args('status', 'PROM_TOKEN=x'), { env: ENV });
    expect([bad.code, bad.stdout]).toEqual([2, '']);
    expect(bad.stderr).toContain('--allowed-secrets holds something');
    expect(bad.stderr).not.toContain('PROM_TOKEN=x');
  });
});
