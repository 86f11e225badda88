import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Ran } from '../github/runner.ts';
import type { Failure } from '../github/traffic.ts';
import { closeDesks, openDesk } from '../support/desk.ts';
import { FILE, openIncident, withRollback } from '../support/incident.ts';
import { sluice } from '../support/program.ts';
import { formsOf, repeated, tracesOf } from '../support/secrets.ts';
import { ago, closeShops, flag, inStage, metrics, openShop, type Shop } from '../support/shop.ts';
import {
  type Asked,
  type Behaviour,
  type Strangers,
  startStrangers,
} from '../support/strangers.ts';

/** What people set when something is wrong, and what is loudest then. */
const DEBUG = { RUNNER_DEBUG: '1', ACTIONS_STEP_DEBUG: 'true' };

afterEach(closeShops);
afterAll(closeDesks);

/** The runner takes these lines for itself; without them it could mask nothing. */
const MASKS = /^::add-mask::.*\n?/gm;

/** All that a run has left anywhere, each with its name. */
async function leftBy(ran: Ran, { repository }: Shop): Promise<Readonly<Record<string, string>>> {
  const numbers = [...repository.pulls(), ...repository.issues()].map(({ number }) => number);
  return {
    stdout: ran.stdout.replace(MASKS, ''),
    stderr: ran.stderr,
    GITHUB_OUTPUT: JSON.stringify(ran.outputs),
    GITHUB_STATE: JSON.stringify(ran.state),
    GITHUB_STEP_SUMMARY: ran.summary,
    files: JSON.stringify(await repository.files()),
    commits: JSON.stringify(await repository.commits()),
    branches: JSON.stringify(await repository.branches()),
    pulls: JSON.stringify(repository.pulls()),
    issues: JSON.stringify(repository.issues()),
    comments: JSON.stringify([1, ...numbers].map((number) => repository.comments(number))),
  };
}

async function expectNoTrace(ran: Ran, shop: Shop, secrets: readonly string[]): Promise<void> {
  for (const [place, text] of Object.entries(await leftBy(ran, shop))) {
    for (const secret of secrets) expect(tracesOf(secret, text), place).toEqual([]);
  }
}

const errorsOf = ({ annotations }: Ran): string =>
  annotations.map(({ message }) => message).join('\n');

describe('the token, whatever GitHub says', () => {
  const WAITS = withRollback('{auto_merge: false}');

  const ripe = (): Promise<Shop> =>
    openShop({
      [FILE]: flag('checkout', inStage('canary', 30)),
      'metrics.csv': metrics({ checkout: 0.002 }),
    });

  /** GitHub's error, in words that repeat the token in every way there is. */
  const said = (token: string) => ({
    message: `Bad credentials: ${repeated(token)}`,
    errors: [{ message: repeated(token) }, repeated(token)],
    documentation_url: `https://docs.example.com/?token=${token}`,
  });
  const graphql = (token: string, type?: string) => ({
    data: null,
    errors: [{ message: repeated(token), ...(type ? { type } : {}), path: [token] }],
  });
  const html = (token: string) => `<!doctype html><title>${repeated(token)}</title>`;
  const HTML = { 'content-type': 'text/html' };

  const failures: Readonly<Record<string, (token: string) => Failure>> = {
    ...Object.fromEntries(
      [401, 403, 404, 409, 422, 500, 502, 503].map((status) => [
        `HTTP ${status}`,
        (token: string): Failure => ({ status, body: said(token), times: 99 }),
      ]),
    ),
    'HTTP 403 with a limit': (token) => ({
      status: 403,
      body: said(token),
      headers: { 'retry-after': '3600', 'x-note': token },
      times: 99,
    }),
    'HTTP 429': (token) => ({
      status: 429,
      body: said(token),
      headers: { 'retry-after': '3600' },
      times: 99,
    }),
    'HTML under 502': (token) => ({ status: 502, body: html(token), headers: HTML, times: 99 }),
    'HTML under 403': (token) => ({ status: 403, body: html(token), headers: HTML, times: 99 }),
    'HTML under 200': (token) => ({ status: 200, body: html(token), headers: HTML, times: 99 }),
    'a list under 200': (token) => ({ status: 200, body: [repeated(token)], times: 99 }),
    'nothing under 200': () => ({ status: 200, body: null, times: 99 }),
    'no data and no error': () => ({ status: 200, body: { data: null }, times: 99 }),
    'an error of GraphQL': (token) => ({ status: 200, body: graphql(token), times: 99 }),
    'an error of GraphQL that is no text': (token) => ({
      status: 200,
      body: { data: null, errors: [null, { message: { [token]: token } }, token] },
      times: 99,
    }),
    'errors that are no list': (token) => ({
      status: 422,
      body: { message: { [token]: token }, errors: { [token]: token } },
      times: 99,
    }),
    'errors that are nothing': (token) => ({
      status: 422,
      body: { message: token, errors: [null] },
      times: 99,
    }),
    'not found by GraphQL': (token) => ({
      status: 200,
      body: graphql(token, 'NOT_FOUND'),
      times: 99,
    }),
    'a redirect to another host': (token) => ({
      status: 302,
      headers: { location: `http://localhost:1/?${token}` },
      body: said(token),
      times: 99,
    }),
  };

  it.each(Object.entries(failures))('%s', async (_, failure) => {
    const shop = await ripe();
    shop.github.fail(failure(shop.token));
    const ran = await shop.tick({ env: DEBUG });
    // The run says what went wrong, in the ways that a run does.
    expect(ran.code).toBe(1);
    expect(ran.outputs).toMatchObject({ decision: 'none', changed: 'false' });
    expect(JSON.parse(ran.outputs.result ?? '')).toMatchObject({ 'schema-version': 1 });
    expect(errorsOf(ran)).toMatch(/(GET|POST) \//);
    expect(ran.summary).toContain('Sluice could not do its work');
    await expectNoTrace(ran, shop, [shop.token]);
  });

  it('half an answer, which nobody foresaw: the run still ends with its outputs', async () => {
    const shop = await ripe();
    const viewer = { login: shop.token };
    shop.github.fail({ status: 200, body: { data: { viewer } }, times: 99 });
    const ran = await shop.tick({ env: DEBUG });
    expect(ran.code).toBe(1);
    expect(errorsOf(ran)).toContain('Sluice failed on its own account (TypeError)');
    expect(JSON.parse(ran.outputs.result ?? '')).toMatchObject({ code: 'internal' });
    expect(ran.stdout).toMatch(/^ +at .*main\.js|chunk/m);
    await expectNoTrace(ran, shop, [shop.token]);
  });

  it('a connection that is cut', async () => {
    const shop = await ripe();
    shop.github.cut({ times: 99, when: 'before' });
    const ran = await shop.tick({ env: DEBUG });
    expect([ran.code, errorsOf(ran)]).toEqual([1, expect.stringContaining('no answer')]);
    await expectNoTrace(ran, shop, [shop.token]);
  });

  it('a commit, a pull request and a branch that are refused, in the issue about it', async () => {
    const shop = await openIncident({ config: WAITS, more: 'risk: high\n' });
    const refuse = (match: string, failure: Partial<Failure>) =>
      shop.github.fail({ match, status: 422, body: said(shop.token), times: 99, ...failure });
    refuse('graphql/createCommitOnBranch', { status: 200, body: graphql(shop.token, 'FORBIDDEN') });
    refuse('pulls/create', {});
    refuse('git/create-ref', { status: 403 });
    const ran = await shop.tick({ env: DEBUG });
    expect(ran.code).toBe(1);
    expect(shop.repository.issues()).toHaveLength(1);
    expect(shop.repository.issues()[0]?.body).toContain('did not take the commit');
    await expectNoTrace(ran, shop, [shop.token]);
  });

  it('labels, reviewers and merging that are refused, in warnings', async () => {
    const shop = await openIncident();
    const match = /requested_reviewers|labels|merge|enablePullRequestAutoMerge/;
    shop.github.fail({ match, status: 403, body: said(shop.token), times: 99 });
    const ran = await shop.tick({ env: DEBUG });
    expect(shop.repository.pulls()).toHaveLength(1);
    expect(errorsOf(ran)).toContain('could not be added');
    await expectNoTrace(ran, shop, [shop.token]);
  });

  it('a permission that cannot be looked up, in the reply to a comment', async () => {
    const shop = await ripe();
    const number = await shop.repository.openPullRequest({
      head: 'topic',
      files: { 'README.md': 'Hello\n' },
    });
    const match = /collaborators/;
    shop.github.fail({ match, status: 403, body: said(shop.token), times: 99 });
    const ran = await shop.say(number, 'grace', '/rollout pause checkout', { env: DEBUG });
    expect(ran.code).toBe(1);
    expect(shop.repository.comments(number)).toHaveLength(2);
    await expectNoTrace(ran, shop, [shop.token]);
  });

  it('at a terminal', async () => {
    const shop = await ripe();
    for (const failure of Object.values(failures)) {
      shop.github.calm();
      shop.github.fail(failure(shop.token));
      const { apiUrl, graphqlUrl } = shop.github;
      const env = {
        GITHUB_TOKEN: shop.token,
        GITHUB_API_URL: apiUrl,
        GITHUB_GRAPHQL_URL: graphqlUrl,
      };
      const args = ['status', '--github', shop.repository.name, '--json'];
      const ran = await sluice('/', args, { env });
      expect(ran.code).toBe(1);
      expect(ran.json().error).toMatchObject({ message: expect.stringMatching(/(GET|POST) \//) });
      expect(ran.stderr).toMatch(/^sluice: \S+ \//);
      expect(tracesOf(shop.token, ran.stdout + ran.stderr)).toEqual([]);
    }
  });
});

describe('the credentials of a provider, whatever it says', () => {
  const TOKEN = 'gl4ss+on/ion="&<7Qx=';
  const USER = 'annabel-the-scraper';
  const PASSWORD = 'p4ss wörd:with+all/of%it';
  const PAIR = `${USER}:${PASSWORD}`;
  const SECRETS = [TOKEN, PASSWORD, PAIR];
  const ENV = { PROM_TOKEN: TOKEN, PROM_USER: USER, PROM_PASSWORD: PASSWORD };
  const AUTHS = {
    bearer: '{bearer: PROM_TOKEN}',
    basic: '{basic: {username: PROM_USER, password: PROM_PASSWORD}}',
    header: '{header: {name: X-Scope-Key, value: PROM_TOKEN}}',
  };

  /** What the server was sent, in all the ways to write it. */
  const known = ({ headers, url }: Asked): string => {
    const basic = headers.authorization?.startsWith('Basic ') ? [PASSWORD, PAIR] : [];
    const token = basic.length === 0 || url.includes('key=') ? [TOKEN] : [];
    return [...token, ...basic].map(repeated).join(' | ');
  };
  const ascii = (asked: Asked): string => encodeURIComponent(known(asked));
  const error = (errorType: string, words: string) =>
    JSON.stringify({ status: 'error', errorType, error: words });
  const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
    error: (response, asked) => response.writeHead(400).end(error('bad_data', known(asked))),
    fault: (response, asked) => response.writeHead(503).end(error('internal', known(asked))),
    kind: (response, asked) => response.writeHead(400).end(error(known(asked), known(asked))),
    'sent-headers': (response, { headers }) =>
      response.writeHead(422).end(error('execution', JSON.stringify(headers))),
    unauthorised: (response, asked) =>
      response.writeHead(401, { 'x-said': ascii(asked) }).end(known(asked)),
    html: (response, asked) => response.end(`<!doctype html>${known(asked)}`),
    // As much of it as is repeated, and the rest cut off.
    tail: (response, asked) => response.end(`${'x '.repeat(20)}${known(asked)}`),
    'status-text': (response, asked) => {
      response.socket?.end(`HTTP/1.1 500 ${ascii(asked)}\r\nx: y\r\n\r\n${known(asked)}`);
    },
    redirect: (response, asked) => {
      const user = `${encodeURIComponent(USER)}:${encodeURIComponent(PASSWORD)}`;
      const location = `http://${user}@h.example/${ascii(asked)}?t=${ascii(asked)}`;
      response.writeHead(302, { location }).end(known(asked));
    },
    partial: (response, asked) => response.end(asked.honest({ warnings: [known(asked)] })),
    warned: (response, asked) =>
      response.end(asked.honest({ warnings: [`PromQL info: ${known(asked)}`] })),
    labels: (response, asked) => {
      const metric = { [TOKEN.slice(0, 2)]: known(asked), b: known(asked) };
      const series = { metric, value: [asked.at / 1000, '0'] };
      const data = { resultType: 'vector', result: [series, series] };
      response.end(JSON.stringify({ status: 'success', data }));
    },
    type: (response, asked) => {
      const data = { resultType: known(asked), result: [] };
      response.end(JSON.stringify({ status: 'success', data }));
    },
    cut: (response, asked) => {
      response.writeHead(200, { 'content-length': '9999' }).write(known(asked));
      setTimeout(() => response.destroy(), 50);
    },
    'no-http': (response, asked) => response.socket?.end(`${ascii(asked)}\r\n`),
    gzip: (response, asked) => response.setHeader('content-encoding', 'gzip').end(known(asked)),
    hang: () => undefined,
  };

  let strangers: Strangers;
  beforeAll(async () => {
    strangers = await startStrangers(BEHAVIOURS);
  });
  afterAll(() => strangers?.close());

  const names = Object.keys(BEHAVIOURS);
  const configOf = (auth: string, address: string): string =>
    `providers:
${names.map((name) => `  ${name}: {type: prometheus, url: '${address}/${name}', timeout: ${name === 'hang' ? '1s' : '20s'}, auth: ${auth}}\n`).join('')}metrics:
${names.map((name) => `  ${name}: {provider: ${name}, query: 'level{told="0"}', limits: {max: 1}}\n`).join('')}policy:
  advance: {days: [mon, tue, wed, thu, fri, sat, sun], hours: '00:00-24:00'}
  rules: {missing-business-metric: 'off', missing-experience-metric: 'off'}
`;
  const filesOf = (config: string): Readonly<Record<string, string>> => ({
    '.github/sluice.yml': config,
    ...Object.fromEntries(
      names.map((name) => [
        `rollouts/${name}.yaml`,
        flag(name, inStage('canary', 30)).replace('[errors]', `[${name}]`),
      ]),
    ),
  });

  it.each(Object.entries(AUTHS))('%s, in a run of the Action', async (_, auth) => {
    const shop = await openShop(filesOf(configOf(auth, strangers.url)));
    const ran = await shop.tick({ env: { ...DEBUG, ...ENV } });
    expect(ran.code).toBe(1);
    // All of them were asked, and all but the one with a remark said why they hold.
    const { rollouts } = JSON.parse(ran.outputs.result ?? '') as {
      rollouts: { verdicts: { verdict: string }[] }[];
    };
    const verdicts = rollouts.map(({ verdicts: [verdict] }) => verdict?.verdict).sort();
    expect(verdicts).toEqual(['pass', ...names.slice(1).map(() => 'unavailable')]);
    await expectNoTrace(ran, shop, [...SECRETS, shop.token]);
  });

  it.each(Object.entries(AUTHS))('%s, at a terminal', async (_, auth) => {
    const desk = await openDesk(ago(40), filesOf(configOf(auth, strangers.url)));
    const now = ago(0);
    for (const args of [['status'], ['reconcile'], ['reconcile', '--json'], ['status', '--json']]) {
      const ran = await desk.show(now, args, { env: ENV });
      expect(ran.stdout).toMatch(/unavailable|no answer/);
      for (const secret of SECRETS) expect(tracesOf(secret, ran.stdout + ran.stderr)).toEqual([]);
    }
    const messages = (await desk.messages()).join('\n');
    for (const secret of SECRETS) expect(tracesOf(secret, messages)).toEqual([]);
  });

  it('in the address', async () => {
    const address = strangers.url.replace(
      '//',
      `//${encodeURIComponent(USER)}:${encodeURIComponent(PASSWORD)}@`,
    );
    for (const name of names) {
      const url = `${address}/${name}?key=${encodeURIComponent(TOKEN)}`;
      const config = `metrics: {level: {query: 'level{told="0"}', limits: {max: 1}}}
policy: {rules: {missing-business-metric: 'off', missing-experience-metric: 'off'}}
`;
      const text = flag('checkout', inStage('canary', 30)).replace('[errors]', '[level]');
      const desk = await openDesk(ago(40), { '.github/sluice.yml': config, [FILE]: text });
      const ran = await desk.show(ago(0), ['reconcile', '--json', '--prometheus-url', url]);
      expect(ran.json().rollouts, name).toHaveLength(1);
      const left = ran.stdout + ran.stderr + (await desk.messages()).join('\n');
      for (const secret of SECRETS) expect(tracesOf(secret, left), name).toEqual([]);
    }
  });

  it("in Node's own log of what it sends, which the runner masks", async () => {
    const shop = await openShop(filesOf(configOf(AUTHS.basic, strangers.url)));
    const env = { ...DEBUG, ...ENV, NODE_DEBUG: 'http,https,net,tls,stream' };
    const ran = await shop.tick({ env });
    const basic = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
    // Node writes the headers, and nobody but the runner can hide those.
    expect(ran.stderr).toContain(shop.token);
    expect(ran.stderr).toContain(basic);
    expect(ran.masks).toEqual(expect.arrayContaining([shop.token, PASSWORD, basic]));
    const shown = ran.masks.reduce((text, mask) => text.replaceAll(mask, '***'), ran.stderr);
    for (const secret of [shop.token, basic, PASSWORD]) expect(shown).not.toContain(secret);
  });
});

it('a credential is found by its traces, so that the tests above can fail', () => {
  for (const form of Object.values(formsOf('gl4ss+on/ion="&<7Qx='))) {
    expect(tracesOf('gl4ss+on/ion="&<7Qx=', `before ${form} after`)).not.toEqual([]);
  }
});
