import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNames, refusedName, TOKEN_VARIABLES } from '../../src/credential.ts';
import { credentialsIn } from '../../src/http/credentials.ts';

describe('a name that a config may not use as a credential', () => {
  const RESERVED = [
    'GITHUB_TOKEN',
    'GITHUB_',
    'GITHUB_STEP_SUMMARY',
    'ACTIONS_RUNTIME_TOKEN',
    'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
    'INPUT_TOKEN',
    'INPUT_PROMETHEUS-URL',
    'RUNNER_TEMP',
    'GH_TOKEN',
    'GH_ENTERPRISE_TOKEN',
    // As Windows sees them, and as an upper case that is not ASCII's makes them.
    'github_token',
    'GitHub_Token',
    'gh_token',
    'Input_Token',
    'actions_runtime_token',
    'runner_temp',
    'gıthub_token',
  ];
  it.each(RESERVED)('%s is refused, allowed or not', (name) => {
    for (const allowed of [[], [name], ['OTHER']]) {
      expect(refusedName(name, allowed)).toMatchObject({ code: 'reserved-variable' });
    }
  });

  it.each([
    'PROMETHEUS_TOKEN',
    'GITHUB',
    'GITHUBTOKEN',
    'MY_GITHUB_TOKEN',
    'GH_PROMETHEUS',
    'RUNNERS_TOKEN',
    'INPUTS',
    '_GITHUB_TOKEN',
  ])('%s is not', (name) => {
    expect(refusedName(name)).toBeUndefined();
    expect(refusedName(name, [])).toBeUndefined();
    expect(refusedName(name, [name])).toBeUndefined();
  });

  it('is each one that Sluice reads its own token from', () => {
    for (const name of TOKEN_VARIABLES) expect(refusedName(name)).toBeDefined();
  });

  it('is any that begins with a reserved prefix, in whatever case', () => {
    const prefix = fc.constantFrom('GITHUB_', 'ACTIONS_', 'INPUT_', 'RUNNER_');
    const cased = fc
      .tuple(prefix, fc.string(), fc.func(fc.boolean()))
      .map(([start, rest, upper]) =>
        [...`${start}${rest}`].map((c) => (upper(c) ? c.toUpperCase() : c.toLowerCase())).join(''),
      );
    fc.assert(fc.property(cased, (name) => refusedName(name) !== undefined));
  });

  it('is, with allowed-secrets, any other than those: exactly as they are written', () => {
    const allowed = ['PROMETHEUS_TOKEN', 'SLACK'];
    expect(refusedName('SLACK', allowed)).toBeUndefined();
    for (const name of ['slack', 'SLACK_', 'NPM_TOKEN']) {
      expect(refusedName(name, allowed)).toEqual({
        code: 'secret-not-allowed',
        message: `the variable \`${name}\` is not among \`allowed-secrets\` (PROMETHEUS_TOKEN, SLACK)`,
        hint: expect.stringContaining(`add ${name} to the input \`allowed-secrets\``),
      });
    }
  });
});

describe('allowed-secrets', () => {
  it.each([
    ['', []],
    [' \n ', []],
    ['A', ['A']],
    ['A,B', ['A', 'B']],
    ['A, B\n  C_1\t_d,', ['A', 'B', 'C_1', '_d']],
  ])('%j names %j', (text, names) => {
    expect(readNames(text)).toEqual(names);
  });
  it.each(['A;B', 'ey.J0', '1A', 'A-B', '*', '$A', 'a'.repeat(101)])('%j names nothing', (text) => {
    expect(readNames(text)).toBeUndefined();
    expect(readNames(`GOOD ${text}`)).toBeUndefined();
  });
});

describe('where values are looked up', () => {
  const ENV = {
    PROM: 't0ken\r\n',
    EMPTY: '',
    BLANK: ' \n',
    INPUT_TOKEN: 'ghs_writes',
    GITHUB_TOKEN: 'ghp_terminal',
    GH_TOKEN: 'gho_cli',
    GITHUB_ACTOR: 'ann',
    ANN: 'ann',
    COPY: 'ghs_writes',
    COPY_WITH_BREAK: ' ghp_terminal\n',
  };
  const read = (name: string, allowed?: readonly string[]) =>
    credentialsIn(ENV, allowed).read(name);

  it('the value is given without the line break it was stored with', () => {
    expect(read('PROM')).toEqual({ kind: 'value', value: 't0ken' });
  });

  it.each(['NOWHERE', 'EMPTY', 'BLANK', 'constructor', '__proto__', 'toString'])(
    '%s is not set',
    (name) => {
      expect(read(name)).toEqual({
        kind: 'missing',
        problem: `the environment variable ${name} is not set; pass it to this step from a secret`,
      });
    },
  );

  it.each(['RUNNER_NAME', 'GITHUB_SHA', 'GH_ENTERPRISE_TOKEN', 'input_token'])(
    'a reserved name is refused again: %s',
    (name) => {
      const answer = credentialsIn({ ...ENV, [name]: 'x' }).read(name);
      expect(answer).toMatchObject({ kind: 'missing', problem: expect.stringContaining(name) });
      expect(JSON.stringify(answer)).not.toMatch(/gh[a-z]_/);
    },
  );

  it('a name that is not among allowed-secrets is refused again', () => {
    expect(read('PROM', ['PROM'])).toMatchObject({ kind: 'value' });
    expect(read('PROM', ['OTHER'])).toMatchObject({
      kind: 'missing',
      problem: expect.stringContaining('add PROM to the input `allowed-secrets`'),
    });
  });

  it.each(['COPY', 'COPY_WITH_BREAK'])(
    "Sluice's own token is refused under another name: %s",
    (name) => {
      const answer = read(name);
      expect(answer).toMatchObject({
        kind: 'missing',
        problem: expect.stringContaining('holds the token that Sluice uses on GitHub'),
      });
      expect(JSON.stringify(answer)).not.toMatch(/gh[a-z]_/);
    },
  );

  it('what else the runner sets may be a credential of the same value: a user name', () => {
    expect(read('ANN')).toEqual({ kind: 'value', value: 'ann' });
  });
});
