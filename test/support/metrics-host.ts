import type { startServer, TestServer } from '../http/server.ts';

/**
 * A Prometheus of a few words: to every query it answers a level for the treatment and 0.1 % for
 * control, with remarks if there are any. What it was asked is in `received`.
 */
export const startMetricsHost = (
  start: typeof startServer,
  treatment: number,
  remarks: readonly string[] = [],
): Promise<TestServer> =>
  start((response, { body }) => {
    const form = new URLSearchParams(body);
    const value = form.get('query')?.includes('"on"') ? treatment : 0.001;
    const sample = [Number(form.get('time')), String(value)];
    const data = { resultType: 'vector', result: [{ metric: {}, value: sample }] };
    const infos = remarks.length > 0 ? { infos: remarks } : {};
    response.end(JSON.stringify({ status: 'success', data, ...infos }));
  });

/** A config whose only metric asks that host. */
export const configOf = ({ url }: TestServer, config: string, remark = ''): string =>
  config
    .replace(/recorded: .*/, `recorded: {type: prometheus, url: '${url}'}`)
    .replace(/query: '.*?'/, `query: 'errors{variant="{{variant}}"} ${remark}'`);
