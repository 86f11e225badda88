import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/model/config.ts';
import { reviewCredentials } from '../../src/review/review.ts';
import { configOf } from '../support/files.ts';

const NONE = configOf('{}');

/** A config with these providers, each `url auth` or more of its keys. */
const providers = (...lines: readonly string[]): Config =>
  configOf(
    `providers:\n${lines.map((line, i) => `  p${i}: {type: prometheus, ${line}}`).join('\n')}\n`,
  );

const HERE = 'url: https://here.test/a, auth: {bearer: TOKEN}';

/** What a change is told, as `path: message`. */
const told = (before: Config, after: Config): readonly string[] =>
  reviewCredentials(before, after).map(({ path, message }) => `${path.join('.')}: ${message}`);

const is = (what: string): string => `${what}, which does not get it now`;

describe('a change to where credentials go', () => {
  it.each<[what: string, before: Config, after: Config, told: readonly string[]]>([
    [
      'the first config',
      NONE,
      providers(HERE),
      [is('providers.p0.auth.bearer: `TOKEN` will be sent to https://here.test')],
    ],
    [
      'another host for a credential',
      providers(HERE),
      providers(HERE.replace('here', 'there')),
      [is('providers.p0.url: `TOKEN` will be sent to https://there.test')],
    ],
    [
      'another port',
      providers(HERE),
      providers(HERE.replace('.test', '.test:8443')),
      [is('providers.p0.url: `TOKEN` will be sent to https://here.test:8443')],
    ],
    [
      'another scheme',
      providers(HERE),
      providers(HERE.replace('https', 'http')),
      [is('providers.p0.url: `TOKEN` will be sent to http://here.test in plain text')],
    ],
    [
      'another credential for a host',
      providers(HERE),
      providers(HERE.replace('TOKEN', 'OTHER')),
      [is('providers.p0.auth.bearer: `OTHER` will be sent to https://here.test')],
    ],
    [
      'a second provider',
      providers(HERE),
      providers(HERE, HERE.replace('here', 'there')),
      [is('providers.p1.auth.bearer: `TOKEN` will be sent to https://there.test')],
    ],
    [
      'a user name and a password',
      NONE,
      providers('url: https://here.test, auth: {basic: {username: USER, password: PASS}}'),
      [
        is('providers.p0.auth.basic.username: `USER` will be sent to https://here.test'),
        is('providers.p0.auth.basic.password: `PASS` will be sent to https://here.test'),
      ],
    ],
    [
      'a header',
      NONE,
      providers('url: https://here.test, auth: {header: {name: X, value: KEY}}'),
      [is('providers.p0.auth.header.value: `KEY` will be sent to https://here.test')],
    ],
    [
      'allow_http, switched on',
      providers(HERE),
      providers(`${HERE}, allow_http: true`),
      [
        'providers.p0.allow_http: `TOKEN` may now be sent to https://here.test over plain http, which anyone on the way can read',
      ],
    ],
    [
      'two hosts exchanged',
      providers(HERE, 'url: https://there.test, auth: {bearer: OTHER}'),
      providers(
        'url: https://there.test, auth: {bearer: TOKEN}',
        'url: https://here.test, auth: {bearer: OTHER}',
      ),
      [
        is('providers.p0.url: `TOKEN` will be sent to https://there.test'),
        is('providers.p1.url: `OTHER` will be sent to https://here.test'),
      ],
    ],
    [
      'one new pair in two providers',
      NONE,
      providers(HERE, HERE),
      [is('providers.p0.auth.bearer: `TOKEN` will be sent to https://here.test')],
    ],
    // What is written in a name that looks like the host's own.
    [
      'a host that looks like it',
      providers(HERE),
      providers(HERE.replace('here.test', 'here.test.evil.example')),
      [is('providers.p0.url: `TOKEN` will be sent to https://here.test.evil.example')],
    ],
    [
      'a host in other letters',
      providers(HERE),
      providers(HERE.replace('here', 'h\u0435re')),
      [is('providers.p0.url: `TOKEN` will be sent to https://xn--hre-rdd.test')],
    ],
  ])('is told: %s', (_, before, after, findings) => {
    expect(told(before, after)).toEqual(findings);
    expect(told(after, after)).toEqual([]);
  });

  it.each<[what: string, before: Config, after: Config]>([
    ['another path on the host', providers(HERE), providers(HERE.replace('/a', '/b'))],
    [
      'the host in capitals, and its port written out',
      providers(HERE),
      providers(HERE.replace('here.test', 'HERE.test:443')),
    ],
    [
      'another name for the provider',
      providers('url: https://x.test', HERE),
      providers(HERE, 'url: https://x.test'),
    ],
    ['a credential that goes nowhere any more', providers(HERE), NONE],
    ['allow_http, switched off', providers(`${HERE}, allow_http: true`), providers(HERE)],
    ['a new host that is sent no credential', NONE, providers('url: https://there.test')],
  ])('is not told: %s', (_, before, after) => {
    expect(told(before, after)).toEqual([]);
  });

  it('is told of an address that holds a user name or a password', () => {
    const plain = configOf('{}', { prometheusUrl: 'https://here.test' });
    const named = configOf('{}', { prometheusUrl: 'https://ann:pa55word@here.test' });
    expect(told(plain, named)).toEqual([
      is(
        'providers.prometheus.url: the user name and password in the address will be sent to https://here.test',
      ),
    ]);
    expect(told(named, named)).toEqual([]);
  });

  it('is as strict as the policy in force says, whatever the change says', () => {
    const policy = (severity: string): Config =>
      configOf(`policy: {rules: {new-credential-host: '${severity}'}}`);
    const after: Config = { ...providers(HERE), policy: policy('off').policy };
    const severities = (before: Config) =>
      reviewCredentials(before, after).map(({ severity }) => severity);
    expect(severities(NONE)).toEqual(['warning']);
    expect(severities(policy('error'))).toEqual(['error']);
    expect(severities(policy('off'))).toEqual([]);
  });
});
