import { serverOf } from '../../files/config/providers.ts';
import type { Config } from '../../model/config.ts';
import type { Path } from '../../model/json.ts';
import type { Found } from '../../model/review-rule.ts';
import type { CredentialsRule } from '../rule.ts';

/** A credential that a provider's host is sent. */
interface Pair {
  /** The variable, or what stands for one. */
  readonly credential: string;
  readonly origin: string;
  /** Whether the config allows plain http to that host. */
  readonly plain: boolean;
  readonly provider: string;
  /** Where the config names the credential. */
  readonly path: Path;
}

/** A user name and a password that are written in the address itself. */
const IN_ADDRESS = 'the user name and password in the address';

export const newCredentialHost = {
  id: 'new-credential-host',
  severity: 'warning',
  about: 'credentials',
  why: 'A config decides where secrets go, and in a long diff one more host is easily overlooked.',
  check: (inForce, after) => {
    const known = pairsOf(inForce);
    const isKnown = (pair: Pair): boolean =>
      known.some((each) => isSameHost(each, pair) && (each.plain || !pair.plain));
    const found = new Map<string, Found>();
    for (const pair of pairsOf(after)) {
      const key = JSON.stringify([pair.credential, pair.origin, pair.plain]);
      if (!isKnown(pair) && !found.has(key)) found.set(key, describe(pair, known));
    }
    return [...found.values()];
  },
} as const satisfies CredentialsRule;

const isSameHost = (one: Pair, other: Pair): boolean =>
  one.credential === other.credential && one.origin === other.origin;

function describe(pair: Pair, known: readonly Pair[]): Found {
  const { credential, origin, provider, path } = pair;
  const name = credential === IN_ADDRESS ? credential : `\`${credential}\``;
  // What changed is marked: the address of a provider that had the credential, or the credential.
  const had = known.some((each) => each.provider === provider && each.credential === credential);
  if (known.some((each) => isSameHost(each, pair))) {
    return {
      message: `${name} may now be sent to ${origin} over plain http, which anyone on the way can read`,
      path: ['providers', provider, 'allow_http'],
      hint: 'use https, and remove `allow_http`',
    };
  }
  return {
    message: `${name} will be sent to ${origin}${origin.startsWith('http:') ? ' in plain text' : ''}, which does not get it now`,
    path: had ? ['providers', provider, 'url'] : path,
    hint: 'merge this only if you know the host and it may have the secret',
  };
}

function pairsOf({ providers }: Config): readonly Pair[] {
  return Object.entries(providers).flatMap(([provider, config]) => {
    const server = serverOf(config);
    // An address that cannot be read is never asked.
    if (server === undefined || !URL.canParse(server.url)) return [];
    const { origin, username, password } = new URL(server.url);
    const host = { origin, plain: server.allowHttp, provider };
    const at = ['providers', provider];
    return [
      ...server.variables.map(({ variable, path }) => ({
        ...host,
        credential: variable,
        path: [...at, ...path],
      })),
      ...(username + password === ''
        ? []
        : [{ ...host, credential: IN_ADDRESS, path: [...at, 'url'] }]),
    ];
  });
}
