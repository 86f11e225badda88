import { describe, expect, it } from 'vitest';
import { authHeaders } from '../../src/http/auth.ts';
import { credentialsIn } from '../../src/http/credentials.ts';

const credentials = credentialsIn({
  TOKEN: 't0ken\n',
  USER: 'ann',
  PASS: 'pä:ss',
  EMPTY: '',
  CUT: 'a\r\nb',
  INPUT_TOKEN: 'ghs_x',
});

it.each([
  [undefined, {}],
  [{ bearer: 'TOKEN' }, { authorization: 'Bearer t0ken' }],
  [{ header: { name: 'X-Scope-OrgID', value: 'TOKEN' } }, { 'x-scope-orgid': 't0ken' }],
  [
    { basic: { username: 'USER', password: 'PASS' } },
    { authorization: `Basic ${Buffer.from('ann:pä:ss').toString('base64')}` },
  ],
])('%j becomes %j', (auth, headers) => {
  expect(authHeaders(auth, credentials)).toEqual({ kind: 'headers', headers });
});

describe('a variable that cannot be used is named, its value is not', () => {
  it.each([
    [{ bearer: 'NOWHERE' }, 'NOWHERE is not set'],
    [{ bearer: 'EMPTY' }, 'EMPTY is not set'],
    [{ bearer: 'CUT' }, 'CUT holds characters no HTTP header can carry'],
    [{ basic: { username: 'USER', password: 'NOWHERE' } }, 'NOWHERE is not set'],
    [{ header: { name: 'X-Key', value: 'NOWHERE' } }, 'NOWHERE is not set'],
    [{ header: { name: 'X-Key', value: 'INPUT_TOKEN' } }, '`INPUT_TOKEN` belongs to GitHub'],
    [{ basic: { username: 'USER', password: 'INPUT_TOKEN' } }, '`INPUT_TOKEN` belongs to GitHub'],
  ])('%j', (auth, words) => {
    const answer = authHeaders(auth, credentials);
    expect(answer.kind).toBe('missing');
    expect(answer).toHaveProperty('problem', expect.stringContaining(words));
  });
});
