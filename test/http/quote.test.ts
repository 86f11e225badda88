import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quote } from '../../src/http/quote.ts';
import { maskSecrets, secretsOf } from '../../src/http/secrets.ts';
import { formsOf, tracesOf } from '../support/secrets.ts';

it('puts words on one line, without what cannot be seen', () => {
  expect(quote('  a\r\nb\u0000\u001b[31m\u202ec\u2028 d ', 50)).toBe('a b [31m c d');
});

it('cuts between characters', () => {
  expect(quote('🙂🙂🙂🙂', 3)).toBe('🙂🙂…');
  expect(quote('🙂🙂🙂', 3)).toBe('🙂🙂🙂');
});

it('hides a secret even where the cut would leave half of it', () => {
  expect(quote('token: hunter22', 12, ['hunter22'])).toBe('token: ***');
});

it('knows the forms a secret takes', () => {
  const basic = Buffer.from('ann:hunter+22').toString('base64');
  const secrets = secretsOf('https://bob:swordfish@h/?key=p4ram', {
    Authorization: `Basic ${basic}`,
  });
  const words = `${basic} hunter+22 hunter%2B22 HUNTER+22 swordfish p4ram and Ann`;
  expect(quote(words, 200, secrets)).toBe('*** *** *** *** *** *** and ***');
});

const ODD = [
  'gl4ss+on/ion="&<7Qx=wörd',
  'my pass + w0rd  twice',
  '🔑 swordfish 🐟',
  '100% of%20 it, twice over',
];

it.each(
  ODD.flatMap((secret) =>
    Object.entries(formsOf(secret)).map((form) => [secret, ...form] as const),
  ),
)('leaves nothing of the secret %s to be read: %s', (secret, _, form) => {
  for (const text of [form, `x${form}y`, ` ${form}`, `{"authorization":"${form}"}`]) {
    const shown = quote(text, 500, [secret]);
    expect(shown).toContain('***');
    expect(tracesOf(secret, shown)).toEqual([]);
  }
});

it('looks no further than it has to, and leaves no half of a secret where it stopped', () => {
  const secret = 'swordfish-and-chips';
  for (let pad = 4_060; pad < 4_100; pad += 1) {
    const shown = quote(`${'x'.repeat(pad)}${secret}${'y'.repeat(5_000_000)}`, 9_999, [secret]);
    expect(shown).not.toContain('s');
  }
});

it('takes no longer over five megabytes than over a few kilobytes', () => {
  const page = `<p>${'hello "world" '.repeat(400_000)}`;
  const timed = (text: string): number => {
    const started = performance.now();
    for (let turn = 0; turn < 5; turn += 1) quote(text, 60, ['swordfish-and-chips']);
    return performance.now() - started;
  };
  timed(page);
  expect(timed(page)).toBeLessThan(20 * timed(page.slice(0, 8_000)) + 50);
});

it.each([
  ['a space as a plus', 'swordfish+and+chips'],
  ['a space as %20', 'swordfish%20and%20chips'],
  ['a plus for a space, escaped', 'swordfish%2Band%2Bchips'],
  ['%20 escaped again', 'swordfish%2520and%2520chips'],
  ['%20 escaped twice again', 'swordfish%252520and%252520chips'],
  ['every way in turn', 'swordfish+and%20chips'],
  ['a line break where it is folded', 'swordfish%0Aand+chips'],
])('hides a secret with spaces, written with %s', (_, words) => {
  expect(quote(`token=${words}&x=1`, 99, ['swordfish and chips'])).toBe('token=***&x=1');
});

it.each([
  ['as it is', 'one+two+three'],
  ['escaped', 'one%2Btwo%2bthree'],
  ['escaped twice', 'one%252Btwo%252bthree'],
  ['as a space, by a server that took it for one', 'one two three'],
])('hides a secret with pluses, written %s', (_, words) => {
  expect(quote(`token=${words}&x=1`, 99, ['one+two+three'])).toBe('token=***&x=1');
});

it('hides no more than a secret', () => {
  expect(quote('the words around hunter22 stay', 99, ['hunter22'])).toBe(
    'the words around *** stay',
  );
  expect(quote('a sword is no swordfish', 99, ['swordfish'])).toBe('a sword is no ***');
});

it.each([
  ['escapes of escapes', '%25'],
  ['escapes that are none', '%2'],
  ['pluses', '+'],
  ['spaces', ' '],
  ['entities', '&#x25;'],
  ['escapes of JSON', '\\ud83d\\udd11'],
])('takes time in proportion to the length of a text that is never quoted whole: %s', (_, unit) => {
  const started = performance.now();
  maskSecrets(unit.repeat(100_000), ['swordfish + chips %25']);
  // It takes half a second; quadratic work would take minutes.
  expect(performance.now() - started).toBeLessThan(10_000);
});

it('never lets a secret through, wherever it stands and however long the text may be', () => {
  const secret = fc
    .string({ minLength: 3, maxLength: 20 })
    .filter((text) => !/^[*…\s]+$/.test(text));
  fc.assert(
    fc.property(secret, fc.string(), fc.string(), fc.nat(60), (token, before, after, limit) => {
      fc.pre(!'***'.includes(token) && !`${before}${after}`.includes('*'));
      const secrets = secretsOf('https://host/', { authorization: `Bearer ${token}` });
      expect(quote(`${before}${token}${after}`, limit + 1, secrets)).not.toContain(token);
    }),
  );
});
