import { describe, expect, it } from 'vitest';
import { serverOf } from '../../src/files/config/providers.ts';
import type { ProviderConfig } from '../../src/model/config.ts';
import { credentialsIn, credentialsOf } from '../../src/providers/index.ts';
import { MINUTE, SECOND } from '../../src/time.ts';

const prometheus = {
  type: 'prometheus',
  url: 'https://prometheus.example',
  timeout: 30 * SECOND,
  allowHttp: false,
} as const;

/** Every way to sign in of every type: a new type does not compile before it says how it does. */
const SIGNING_IN: { readonly [Type in ProviderConfig['type']]: readonly ProviderConfig[] } = {
  prometheus: [
    { ...prometheus, auth: { bearer: 'TOKEN' } },
    { ...prometheus, auth: { header: { name: 'X-Key', value: 'KEY' } } },
    { ...prometheus, auth: { basic: { username: 'USER', password: 'PASSWORD' } } },
  ],
  replay: [{ type: 'replay', path: 'metrics.csv', lookback: 5 * MINUTE }],
};

describe('what a provider is sent to sign in', () => {
  it.each(Object.values(SIGNING_IN).flat())('is masked: %j', (config) => {
    const secret = (serverOf(config)?.variables ?? [])
      .filter(({ path }) => path.at(-1) !== 'username')
      .map(({ variable }) => variable);
    const named = serverOf(config)?.variables.map(({ variable }) => variable) ?? [];
    const env = Object.fromEntries(named.map((variable) => [variable, `value of ${variable}`]));
    const masked = credentialsOf(config, credentialsIn(env));
    expect(masked).toEqual(
      expect.arrayContaining(secret.map((variable) => `value of ${variable}`)),
    );
  });
});
