/** Why a request gave no response. */
export type HttpFailureReason =
  | 'unreachable' // no connection, DNS, TLS, connection cut
  | 'timeout'
  | 'too-large'
  | 'redirected'
  | 'insecure' // plain http where https is due, or no http at all
  | 'malformed'; // not HTTP, or a body that does not decompress

/** The exchange failed. `detail` names the endpoint, says what happened and what to do next. */
export interface HttpFailure {
  readonly kind: 'failed';
  readonly reason: HttpFailureReason;
  readonly detail: string;
}

/** What the codes of Node's errors mean, the first that matches. A code of `*` stands for the rest. */
const MEANINGS: readonly (readonly [RegExp, HttpFailureReason, string])[] = [
  [/^(ENOTFOUND|EAI_)/, 'unreachable', 'its name does not resolve; check the address and DNS'],
  [/^ECONNREFUSED/, 'unreachable', 'the connection was refused; check that it runs, and the port'],
  [
    /^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE|ECONNABORTED)/,
    'unreachable',
    'the connection was cut before the answer was complete; check the server and the proxies before it',
  ],
  [
    /^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENETDOWN)/,
    'unreachable',
    'no way leads there; check the network and the firewall between',
  ],
  [
    /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS_CERT)/,
    'unreachable',
    'its certificate is not trusted; renew it, or name your authority in NODE_EXTRA_CA_CERTS',
  ],
  [/^(EPROTO|ERR_SSL|ERR_TLS)/, 'unreachable', 'TLS failed; check that this port speaks https'],
  [/^HPE_/, 'malformed', 'what came back is not HTTP; check the port'],
  [
    /^(Z_|ERR__?ERROR|ERR_BROTLI|ERR_PADDING)/,
    'malformed',
    'the compressed body is broken; check the proxies before it',
  ],
  [/^/, 'unreachable', 'the request failed; check the address and the network'],
];

/**
 * Names a failure by the code of the error alone. The message is never used: it is where node-fetch
 * and Node repeat addresses, and with them credentials.
 *
 * @param shown the endpoint as it may be shown.
 * @param error whatever was thrown.
 */
export function failureOf(shown: string, error: unknown): HttpFailure {
  const code = codeOf(error);
  for (const [pattern, reason, meaning] of MEANINGS) {
    if (!pattern.test(code)) continue;
    return failed(reason, shown, code === '' ? meaning : `${meaning} (${code})`);
  }
  return failed('unreachable', shown, 'the request failed');
}

/** Builds a failure whose detail begins with the endpoint. */
export function failed(reason: HttpFailureReason, shown: string, what: string): HttpFailure {
  return { kind: 'failed', reason, detail: `${shown}: ${what}` };
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  // Only what looks like one of Node's codes: a code is shown, so it must not smuggle anything.
  return typeof error.code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(error.code)
    ? error.code
    : '';
}
