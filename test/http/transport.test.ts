import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openTransport } from '../../src/http/transport.ts';
import { serversPerTest } from './server.ts';

const serve = serversPerTest();

it('closes a connection that has idled, before the other side may', async () => {
  const server = await serve((response) => response.end('ok'));
  const { fetch, agent, close } = openTransport({ idle: 50 });
  await (await fetch(server.url, { agent })).text();
  expect(server.connections()).toBe(1);
  await expect.poll(() => server.connections()).toBe(0);
  close();
});

it('waits for an answer for longer than a connection may idle', async () => {
  const server = await serve(async (response) => {
    await sleep(200);
    response.end('ok');
  });
  const { fetch, agent, close } = openTransport({ idle: 50 });
  expect(await (await fetch(server.url, { agent })).text()).toBe('ok');
  close();
});
