import { isLoopback } from '../../loopback.ts';
import type { ServerRule } from '../rule.ts';

export const insecureUrl = {
  id: 'insecure-url',
  severity: 'error',
  about: 'server',
  why: 'Whoever is on the way can read and change plain http, so Sluice asks another machine by it only if the config allows it.',
  check: ({ server: { url, allowHttp }, path }) => {
    if (allowHttp || !URL.canParse(url)) return [];
    const { protocol, hostname, host } = new URL(url);
    return protocol === 'http:' && !isLoopback(hostname)
      ? [
          {
            message: `${host} is another machine, and Sluice does not ask it over plain http`,
            hint: 'use https, or set `allow_http: true` if nobody else can read or change what is sent',
            path: [...path, 'url'],
          },
        ]
      : [];
  },
} as const satisfies ServerRule;
