import { afterAll, describe, expect, it } from 'vitest';
import { closeDesks, openDesk } from '../support/desk.ts';
import { inStage, june, REPLAY_CONFIG, recording, rolloutText } from '../support/rollouts.ts';

const MONDAY = june(1, '09:00');
const TUESDAY = june(2, '10:00');
const FILE = 'rollouts/demo.yaml';
const ROUTE = 'k8s/shop.yaml';

afterAll(closeDesks);

const TARGET = `  - type: gateway-api
    path: ${ROUTE}
    rollout: demo
    route: shop
    backends: {'on': shop-canary, 'off': shop-stable}
`;
const CONFIG = REPLAY_CONFIG.replace(/targets: .*\n/, `targets:\n${TARGET}`);
const HEALTHY = recording([june(1, '00:00'), 'errors demo on', 0.001]);

/** A Service and an HTTPRoute in one file, with comments that nobody may lose. */
const shop = (canary: number, stable: number): string => `# The shop.
apiVersion: v1
kind: Service
metadata: {name: shop-canary}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: shop      # its front door
spec:
  rules:
  - backendRefs:
    - {name: shop-stable, port: 80, weight: ${stable}}   # v1
    - name: "shop-canary"
      port: 80
      weight: ${canary}
`;

const files = (status?: string, more?: string) => ({
  '.github/sluice.yml': CONFIG,
  'metrics.csv': HEALTHY,
  [FILE]: rolloutText('demo', {
    ...(status === undefined ? {} : { status }),
    ...(more === undefined ? {} : { more }),
  }),
  [ROUTE]: shop(5, 95),
});

describe.concurrent('the weights of a manifest', () => {
  it('move in the commit of the bump, and back at once on a kill', async () => {
    const desk = await openDesk(MONDAY, files(inStage('canary', MONDAY)));
    expect((await desk.run(MONDAY, 'compile')).json()).toMatchObject({ changed: [], commit: null });
    expect((await desk.tick(TUESDAY)).code).toBe(0);
    expect(await desk.file(ROUTE)).toBe(shop(25, 75));
    expect(await desk.repo.git('show', '--name-only', '--format=', 'main')).toBe(
      `${ROUTE}\nrollouts/demo.evidence.json\n${FILE}`,
    );
    expect((await desk.say(TUESDAY, '/rollout kill demo')).code).toBe(0);
    expect(await desk.file(ROUTE)).toBe(shop(0, 100));
    expect(await desk.count()).toBe(3);
  });

  it('stand while the file of the rollout is invalid, until it is killed', async () => {
    const desk = await openDesk(MONDAY, files(inStage('canary', MONDAY)));
    const broken = (more: string) =>
      rolloutText('demo', { status: inStage('quarter', MONDAY), more: `stagess: 1\n${more}` });
    await desk.commit(TUESDAY, 'Break it', { [FILE]: broken('') });
    expect((await desk.tick(TUESDAY)).code).toBe(1);
    expect(await desk.file(ROUTE)).toBe(shop(5, 95));
    await desk.commit(TUESDAY, 'Kill it', { [FILE]: broken('kill: true\n') });
    await desk.tick(TUESDAY);
    expect(await desk.file(ROUTE)).toBe(shop(0, 100));
    // Not even YAML, and its variants are called otherwise.
    await desk.repo.write(ROUTE, shop(5, 95));
    const torn = "control: 'on'  # the old way\nkill: true\nstages: [\n";
    await desk.commit(TUESDAY, 'Tear it', { [FILE]: torn });
    await desk.tick(TUESDAY);
    expect(await desk.file(ROUTE)).toBe(shop(100, 0));
  });

  it('are refused a rollout that they cannot carry out, in its review', async () => {
    const desk = await openDesk(MONDAY, files(undefined, 'block: [user-1]'));
    const ran = await desk.run(MONDAY, 'validate');
    expect(ran.code).toBe(1);
    expect(ran.json().problems).toMatchObject([
      { code: 'not-by-weight', file: FILE, message: expect.stringContaining('`block`') },
    ]);
  });

  describe('that cannot be set', () => {
    const misnamed = shop(5, 95).replace('shop      #', 'front     #');
    const stuck = (status: string) => ({ ...files(status), [ROUTE]: misnamed });
    const missing = expect.stringContaining('called `shop`');

    it('hold the flag where it is, until they can', async () => {
      const desk = await openDesk(MONDAY, stuck(inStage('canary', MONDAY)));
      const before = await desk.file(FILE);
      const tick = await desk.tick(TUESDAY);
      expect(tick.code).toBe(1);
      expect(tick.of('demo').decision).toMatchObject({
        kind: 'hold',
        code: 'not-compiled',
        why: missing,
      });
      expect(tick.json().failures).toMatchObject([
        { code: 'not-compiled', subject: 'demo@production', detail: missing },
      ]);
      // Not even for a person who would not wait: their evidence would be of nobody.
      expect((await desk.say(TUESDAY, '/rollout promote demo')).json()).toMatchObject({
        outcome: 'refused',
        text: missing,
      });
      expect(await desk.file(FILE)).toBe(before);

      await desk.commit(TUESDAY, 'Mend the name', { [ROUTE]: shop(5, 95) });
      expect((await desk.tick(TUESDAY)).code).toBe(0);
      expect(await desk.status(FILE)).toMatchObject({ stage: 'quarter' });
      expect(await desk.file(ROUTE)).toBe(shop(25, 75));
    });

    it('hold a start, and a completion', async () => {
      for (const [status, phase] of [
        ['{phase: pending}', 'pending'],
        [inStage('full', MONDAY), 'progressing'],
      ] as const) {
        const desk = await openDesk(MONDAY, stuck(status));
        const { code, of } = await desk.tick(TUESDAY);
        expect([code, of('demo').decision.code]).toEqual([1, 'not-compiled']);
        expect(await desk.status(FILE)).toMatchObject({ phase });
      }
    });

    it('hold no way back, and the run says what did not follow', async () => {
      const desk = await openDesk(MONDAY, {
        ...stuck(inStage('quarter', MONDAY)),
        'metrics.csv': recording([june(1, '00:00'), 'errors demo on', 0.5]),
      });
      const tick = await desk.tick(TUESDAY);
      expect([tick.code, tick.of('demo').decision.kind]).toEqual([1, 'rollback']);
      expect(tick.json().failures).toMatchObject([{ code: 'not-compiled', detail: missing }]);
      expect(await desk.status(FILE)).toMatchObject({ phase: 'rolled-back', stage: 'canary' });

      const killed = await desk.say(TUESDAY, '/rollout kill demo');
      expect(killed.code).toBe(1);
      expect(killed.json()).toMatchObject({
        outcome: 'failed',
        text: missing,
        commit: expect.stringMatching(/^[0-9a-f]{40}$/),
      });
      expect(await desk.file(FILE)).toContain('kill: true');
      expect((await desk.say(TUESDAY, '/rollout unkill demo')).json()).toMatchObject({
        outcome: 'refused',
        text: missing,
      });
      expect(await desk.file(FILE)).toContain('kill: true');
      // What was killed is off as soon as the manifest can say so.
      await desk.commit(TUESDAY, 'Mend the name', { [ROUTE]: shop(25, 75) });
      expect((await desk.run(TUESDAY, 'compile')).code).toBe(0);
      expect(await desk.file(ROUTE)).toBe(shop(0, 100));
    });
  });
});

it('[F1] blue and green swap without a change of the weights', async () => {
  const colours = {
    stages:
      '[{name: half, percentage: 50, duration: 1d}, {name: full, percentage: 100, duration: 1d}]',
    more: [
      'strategy: blue-green',
      'variants: {blue: v1, green: v2}',
      'treatment: green   # the new one',
      "control: 'blue'",
    ].join('\n'),
  };
  const desk = await openDesk(MONDAY, {
    ...files(),
    '.github/sluice.yml': CONFIG.replace(
      "'on': shop-canary, 'off'",
      "'green': shop-canary, 'blue'",
    ),
    'metrics.csv': recording(
      [june(1, '00:00'), 'errors demo green', 0.001],
      [june(1, '00:00'), 'errors demo blue', 0.001],
    ),
    [FILE]: rolloutText('demo', { ...colours, status: inStage('full', MONDAY) }),
    [ROUTE]: shop(100, 0),
  });
  expect((await desk.tick(TUESDAY)).of('demo').decision.kind).toBe('complete');
  expect(await desk.file(ROUTE)).toBe(shop(100, 0));

  const reply = await desk.say(june(5, '17:00'), '/rollout restart demo');
  expect(reply.json()).toMatchObject({ outcome: 'done' });
  const file = await desk.file(FILE);
  expect(file).toContain('treatment: blue   # the new one\n');
  expect(file).toContain("control: 'green'\n");
  expect(await desk.file(ROUTE)).toBe(shop(100, 0));

  // The next rollout goes the other way.
  await desk.tick(june(8, '10:00'));
  expect(await desk.status(FILE)).toMatchObject({ phase: 'progressing', stage: 'half' });
  expect(await desk.file(ROUTE)).toBe(shop(50, 50));
});
