import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createHttpClient, type HttpRequest } from '../../src/http/client.ts';
import { serversPerTest, trickle, writeEndlessly } from './server.ts';

const http = createHttpClient();
const serve = serversPerTest();

const ask = (url: string, more: Partial<HttpRequest> = {}) =>
  http.request({ url, timeout: 5_000, ...more });

describe('a far side that misbehaves', () => {
  it('is not there', async () => {
    const server = await serve(() => {});
    await server.close();
    expect(await ask(`${server.url}/x`)).toEqual({
      kind: 'failed',
      reason: 'unreachable',
      detail: `${server.url}/x: the connection was refused; check that it runs, and the port (ECONNREFUSED)`,
    });
  });

  it.each([
    ['ENOTFOUND', 'does not resolve'],
    ['CERT_HAS_EXPIRED', 'its certificate is not trusted'],
    ['EHOSTUNREACH', 'no way leads there'],
    ['E_NEW', 'the request failed; check the address and the network (E_NEW)'],
    ['not a code: Bearer t0ken', 'the request failed; check the address and the network'],
  ])('fails with the code %s', async (code, words) => {
    const fetch = () =>
      Promise.reject(Object.assign(new Error('at https://ann:t0ken@h/'), { code }));
    const answer = await createHttpClient({ fetch }).request({ url: 'https://h/', timeout: 1_000 });
    expect(answer).toMatchObject({ kind: 'failed', reason: 'unreachable' });
    expect(answer).toHaveProperty('detail', expect.stringContaining(words));
    expect(JSON.stringify(answer)).not.toContain('t0ken');
  });

  it('speaks no TLS where https is asked for', async () => {
    const server = await serve((response) => response.end());
    const answer = await ask(server.url.replace('http:', 'https:'));
    expect(answer).toMatchObject({ kind: 'failed', reason: 'unreachable' });
  });

  it('speaks no HTTP', async () => {
    const server = createServer((socket) => socket.end('220 mail.example ESMTP\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const answer = await ask(`http://127.0.0.1:${port}/`);
    server.close();
    expect(answer).toMatchObject({ kind: 'failed', reason: 'malformed' });
  });

  it('says nothing', async () => {
    const server = await serve(() => {});
    const started = performance.now();
    const answer = await ask(server.url, { timeout: 100 });
    expect(answer).toMatchObject({ kind: 'failed', reason: 'timeout' });
    expect(performance.now() - started).toBeLessThan(3_000);
    await expect.poll(() => server.connections()).toBe(0);
  });

  it('sends a body that trickles forever', async () => {
    const server = await serve(trickle);
    const started = performance.now();
    const answer = await ask(server.url, { timeout: 150 });
    expect(answer).toMatchObject({ kind: 'failed', reason: 'timeout' });
    expect(performance.now() - started).toBeLessThan(3_000);
    await expect.poll(() => server.connections()).toBe(0);
  });

  it('sends a body without end', async () => {
    const server = await serve((response) => writeEndlessly(response));
    const answer = await ask(server.url);
    expect(answer).toEqual({
      kind: 'failed',
      reason: 'too-large',
      detail: `${server.url}/: the answer is larger than 5000000 bytes; ask for less`,
    });
    await expect.poll(() => server.connections()).toBe(0);
  });

  it('sends exactly as much as is allowed, or one byte more', async () => {
    const server = await serve((response, { path }) =>
      response.end('x'.repeat(Number(path.slice(1)))),
    );
    expect(await ask(`${server.url}/100`, { maxBytes: 100 })).toMatchObject({ kind: 'response' });
    expect(await ask(`${server.url}/101`, { maxBytes: 100 })).toMatchObject({
      reason: 'too-large',
    });
  });

  it('sends a small body that decompresses to a huge one', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    expect(bomb.length).toBeLessThan(100_000);
    const server = await serve((response) =>
      response.setHeader('content-encoding', 'gzip').end(bomb),
    );
    expect(await ask(server.url)).toMatchObject({ kind: 'failed', reason: 'too-large' });
  });

  it.each(['gzip', 'deflate', 'br'])('sends garbage and calls it %s', async (encoding) => {
    const server = await serve((response) =>
      response.setHeader('content-encoding', encoding).end('<html>not compressed</html>'),
    );
    expect(await ask(server.url)).toMatchObject({ kind: 'failed', reason: 'malformed' });
  });

  it.each([
    ['of known length', { 'content-length': '1000' }],
    ['in chunks', {}],
  ])('cuts the connection in the middle of a body %s', async (_, headers) => {
    const server = await serve((response) => {
      response.writeHead(200, headers);
      response.write('{"status":"success"', () => setTimeout(() => response.destroy(), 20));
    });
    const answer = await ask(server.url);
    expect(answer).toMatchObject({ kind: 'failed', reason: 'unreachable' });
    expect(answer).toHaveProperty('detail', expect.stringContaining('was cut'));
  });

  it('sends headers without end', async () => {
    const server = await serve((response) => {
      response.setHeader('x-long', 'x'.repeat(100_000)).end();
    });
    expect(await ask(server.url)).toMatchObject({ kind: 'failed', reason: 'malformed' });
  });
});

describe('a redirect', () => {
  const to = (status: number, location: string) =>
    serve((response) => response.writeHead(status, { location }).end('moved'));

  it.each([301, 302, 303, 307, 308])(
    'of status %i to another host is not followed',
    async (status) => {
      const elsewhere = await serve((response) => response.end('stolen'));
      const server = await to(status, `${elsewhere.url}/login?next=1`);
      const headers = { authorization: 'Bearer t0ken-t0ken' };
      const answer = await ask(`${server.url}/api`, { headers });
      expect(answer).toMatchObject({ kind: 'failed', reason: 'redirected' });
      const detail = answer.kind === 'failed' ? answer.detail : '';
      expect(detail).toContain(`${server.url}/api: redirects to ${elsewhere.url}/login,`);
      expect(elsewhere.received).toHaveLength(0);
    },
  );

  it.each(['/api', 'http://[', 'file:///etc/passwd', '//'])(
    'to %s ends at once',
    async (location) => {
      const server = await to(307, location);
      expect(await ask(`${server.url}/api`)).toMatchObject({ reason: 'redirected' });
      expect(server.received).toHaveLength(1);
    },
  );

  it('that repeats a secret does not get it shown', async () => {
    const server = await to(
      302,
      'https://t0ken+t0ken.example/t0ken%2Bt0ken/T0KEN+t0ken?t0ken+t0ken',
    );
    const headers = { authorization: 'Bearer t0ken+t0ken' };
    expect(JSON.stringify(await ask(server.url, { headers }))).not.toMatch(/t0ken/i);
  });

  it('of an address whose path is secret shows no path', async () => {
    const server = await to(308, '/services/T1/B2/s3cret/');
    const url = `${server.url}/services/T1/B2/s3cret`;
    const answer = await ask(url, { endpoint: 'the Slack webhook' });
    expect(answer).toMatchObject({ reason: 'redirected' });
    expect(answer).toHaveProperty('detail', expect.stringMatching(/^the Slack webhook: /));
    expect(JSON.stringify(answer)).not.toContain('s3cret');
  });
});

it('keeps credentials in addresses and headers out of every failure', async () => {
  const url = 'https://ann:hunter22@127.0.0.1:1/api?token=abc123';
  const bad = { 'x-key': 'line\nbreak-k3y' };
  const answers = [
    await ask(url),
    await ask(url.replace('https://ann:hunter22@127.0.0.1:1', 'http://ann:hunter22@host.example')),
    await ask(url.replace('https', 'gopher')),
    await ask(url, { headers: bad }),
    await ask('https://ann:hunter22@'),
    await ask('https://127.0.0.1:1/', { timeout: 0 }),
  ];
  for (const answer of answers) expect(answer.kind).toBe('failed');
  expect(JSON.stringify(answers)).not.toMatch(/ann|hunter22|abc123|k3y/);
});
