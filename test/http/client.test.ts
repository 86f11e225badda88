import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createHttpClient, type HttpRequest } from '../../src/http/client.ts';
import { serversPerTest } from './server.ts';

const http = createHttpClient();
const serve = serversPerTest();

const ask = (url: string, more: Partial<HttpRequest> = {}) =>
  http.request({ url, timeout: 5_000, ...more });

describe('an answer', () => {
  it('comes with status, lower-case headers and body, whatever the status', async () => {
    const server = await serve((response) => {
      response.writeHead(503, { 'X-Reason': 'busy' }).end('später');
    });
    expect(await ask(server.url)).toMatchObject({
      kind: 'response',
      status: 503,
      headers: { 'x-reason': 'busy' },
      body: 'später',
    });
  });

  it('is decompressed', async () => {
    const server = await serve((response) => {
      response.setHeader('content-encoding', 'gzip').end(gzipSync('hello'));
    });
    expect(await ask(server.url)).toMatchObject({ kind: 'response', body: 'hello' });
  });

  it('may be empty', async () => {
    const server = await serve((response) => response.writeHead(204).end());
    expect(await ask(server.url)).toMatchObject({ kind: 'response', status: 204, body: '' });
  });
});

describe('a request', () => {
  it('carries method, headers and body', async () => {
    const server = await serve((response) => response.end());
    const headers = { authorization: 'Bearer t0ken', 'content-type': 'text/plain' };
    await ask(`${server.url}/a?b=c`, { method: 'POST', headers, body: 'hi' });
    expect(server.received[0]).toMatchObject({
      method: 'POST',
      path: '/a?b=c',
      headers,
      body: 'hi',
    });
  });

  it('sends a user name and password in the address as Basic authorization', async () => {
    const server = await serve((response) => response.end());
    await ask(server.url.replace('//', '//ann:p%40ss@'));
    const { authorization = '' } = server.received[0]?.headers ?? {};
    expect(Buffer.from(authorization.slice(6), 'base64').toString()).toBe('ann:p@ss');
  });

  it('uses a connection again', async () => {
    const server = await serve((response) => response.end('ok'));
    for (let n = 0; n < 5; n += 1) await ask(server.url);
    expect(server.received).toHaveLength(5);
    expect(server.connections()).toBe(1);
  });
});

it('lets the process end without being closed', async () => {
  const server = await serve((response) => response.end('ok'));
  const client = new URL('../../src/http/client.ts', import.meta.url);
  const script = `
    const { createHttpClient } = await import(${JSON.stringify(client.href)});
    const answer = await createHttpClient().request({ url: '${server.url}', timeout: 5000 });
    console.log(answer.body);`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 100_000 });
  expect(stdout).toBe('ok\n');
});

describe('addresses that are not asked', () => {
  it.each([
    ['http://prometheus.example/api', 'insecure', 'http://prometheus.example/api is plain http'],
    ['http://127.0.0.1.example/', 'insecure', 'plain http'],
    ['http://localhost.example/', 'insecure', 'plain http'],
    ['http://[::2]/', 'insecure', 'plain http'],
    ['http://10.0.0.1/', 'insecure', 'plain http'],
    ['file:///etc/passwd', 'insecure', 'file:'],
    ['data:text/plain,hi', 'insecure', 'data:'],
    ['ftp://host/', 'insecure', 'ftp:'],
    ['prometheus:9090', 'insecure', 'https://host/path'],
    ['not a url', 'unreachable', 'not a URL'],
    ['', 'unreachable', 'not a URL'],
  ])('%s', async (url, reason, words) => {
    const answer = await createHttpClient({
      fetch: () => Promise.reject(new Error('nothing may be sent')),
    }).request({ url, timeout: 1_000 });
    expect(answer).toMatchObject({ kind: 'failed', reason });
    expect(answer).toHaveProperty('detail', expect.stringContaining(words));
  });

  it('plain http is asked on this machine, and elsewhere where it is allowed', async () => {
    const asked: string[] = [];
    const spy = createHttpClient({
      fetch: (url) => {
        asked.push(String(url));
        return Promise.reject(new Error());
      },
    });
    const addresses = ['http://localhost/', 'http://127.8.9.1/', 'http://127.1/', 'http://[::1]/'];
    for (const url of addresses) await spy.request({ url, timeout: 1_000 });
    await spy.request({ url: 'http://prometheus.example/', timeout: 1_000, allowHttp: true });
    expect(asked).toEqual([
      'http://localhost/',
      'http://127.8.9.1/',
      'http://127.0.0.1/',
      'http://[::1]/',
      'http://prometheus.example/',
    ]);
  });
});
