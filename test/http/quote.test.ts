import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quote, secretsOf } from '../../src/http/quote.ts';

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
