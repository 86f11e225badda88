import type { ServerRule } from '../rule.ts';

export const endpointInUrl = {
  id: 'endpoint-in-url',
  severity: 'error',
  about: 'server',
  why: 'Sluice adds `/api/v1/query` to the address of a Prometheus, so one that ends in it answers nothing.',
  check: ({ server, path }) => {
    const endpoint = /\/api\/v1(?:\/query(?:_range)?)?\/?$/;
    if (!URL.canParse(server.url)) return [];
    const { origin, pathname, search } = new URL(server.url);
    return endpoint.test(pathname)
      ? [
          {
            message:
              '`url` is the address of the server, to which Sluice adds /api/v1/query itself',
            hint: `write ${origin}${pathname.replace(endpoint, '')}${search}`,
            path: [...path, 'url'],
          },
        ]
      : [];
  },
} as const satisfies ServerRule;
