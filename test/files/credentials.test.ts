import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inWords, readConfig } from '../support/files.ts';

/** A config that names a variable in each place where one can be named. */
const everywhere = (name: string): string => `providers:
  a: {type: prometheus, url: https://a.test, auth: {bearer: ${name}}}
  b: {type: prometheus, url: https://b.test, auth: {basic: {username: ${name}, password: ${name}}}}
  c: {type: prometheus, url: https://c.test, auth: {header: {name: X-Key, value: ${name}}}}
notify:
  - {type: slack, webhook: ${name}, on: [rollback]}
policy: {rules: {notify-not-sent: 'off'}}
`;

const PLACES = [
  'providers.a.auth.bearer',
  'providers.b.auth.basic.username',
  'providers.b.auth.basic.password',
  'providers.c.auth.header.value',
  'notify.0.webhook',
];

const found = (text: string, allowedSecrets?: readonly string[]): readonly string[] =>
  readConfig(text, allowedSecrets ? { allowedSecrets } : {}).findings.map(
    ({ severity, code, path }) => `${severity} ${code} ${path.join('.')}`,
  );

describe('a variable in a config', () => {
  it.each([
    'INPUT_TOKEN',
    'GITHUB_TOKEN',
    'github_token',
    'ACTIONS_RUNTIME_TOKEN',
    'RUNNER_TEMP',
    'GH_TOKEN',
  ])('may not be %s, wherever a variable is named', (name) => {
    expect(found(everywhere(name))).toEqual(PLACES.map((at) => `error reserved-variable ${at}`));
    expect(found(everywhere(name), [name])).toEqual(found(everywhere(name)));
  });

  it('may be any other, and with allowed-secrets those alone', () => {
    expect(found(everywhere('METRICS'))).toEqual([]);
    expect(found(everywhere('METRICS'), [])).toEqual([]);
    expect(found(everywhere('METRICS'), ['METRICS', 'OTHER'])).toEqual([]);
    expect(found(everywhere('METRICS'), ['OTHER'])).toEqual(
      PLACES.map((at) => `error secret-not-allowed ${at}`),
    );
  });

  it('is told from others by what to do about it', () => {
    const [reserved] = readConfig(everywhere('INPUT_TOKEN')).findings;
    expect(reserved && inWords(reserved)).toBe(
      'reserved-variable at providers.a.auth.bearer: the variable `INPUT_TOKEN` belongs to GitHub or to the workflow run, so a config may not send it anywhere (store the secret under a name of its own, such as PROMETHEUS_TOKEN, and pass it to the step under `env`)',
    );
    const [other] = readConfig(everywhere('METRICS'), { allowedSecrets: ['A', 'B'] }).findings;
    expect(other && inWords(other)).toBe(
      'secret-not-allowed at providers.a.auth.bearer: the variable `METRICS` is not among `allowed-secrets` (A, B) (add METRICS to the input `allowed-secrets` in the workflow (at a terminal: `--allowed-secrets`), or use an allowed one)',
    );
  });

  it('that is refused leaves the rest of the config in force, so that nothing waits for it', () => {
    const { config } = readConfig(
      `${everywhere('INPUT_TOKEN')}targets: [{type: json, path: a.json}]`,
    );
    expect(config?.targets).toEqual([{ holds: 'flags', type: 'json', path: 'a.json' }]);
    // An error that leaves nothing to act on still does so.
    const broken = readConfig(
      everywhere('INPUT_TOKEN').replace('policy: {', 'policy: {timezone: No/Where, '),
    );
    expect(broken.config).toBeUndefined();
    expect(broken.findings.map(({ code }) => code)).toContain('reserved-variable');
  });

  it('is looked for in every place where the schema has one', () => {
    const schema = readFileSync('schema/config.schema.json', 'utf8');
    const places = schema.split('#/$defs/environmentVariable').length - 1;
    expect(places).toBe(PLACES.length);
  });
});
