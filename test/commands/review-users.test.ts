import { describe, expect, it } from 'vitest';
import { type ReviewInput, validate } from '../../src/commands/validate.ts';
import { DEFAULT_CONFIG } from '../../src/files/config/defaults.ts';
import { readConfigFile } from '../../src/files/read.ts';
import { wantedFilter } from '../../src/forge/wanted.ts';
import { NOW } from '../support/builders.ts';
import { onlyRules } from '../support/rules.ts';

/** What a change does to the users of a rollout that is live: what is seen before it is merged. */

const FILE = 'rollouts/demo.yaml';
const OTHER = 'rollouts/demo-2.yaml';
const CONFIG_PATH = '.github/sluice.yml';
/** No rule but those about users, and the one about the status that goes with them. */
const ABOUT_USERS = onlyRules(
  'status-written-by-hand',
  'variants-changed',
  'users-rebucketed',
  'exposure-changed-by-hand',
  'dates-changed-by-hand',
  'live-rollout-deleted',
  'target-removed',
  'target-attributes-changed',
  'target-key-changed',
);
const CONFIG = `segments: {employees: {attribute: email, ends_with: '@acme.example'}}
ladders:
  slow: [{name: canary, percentage: 1, duration: 7d}, {name: full, percentage: 100, duration: 1d}]
targets: [{type: flagd, path: flags/flagd.json}]
policy: {rules: ${ABOUT_USERS}}
`;
const AT = (stage: string, phase = 'progressing') =>
  `{phase: ${phase}, stage: ${stage}, since: 2026-12-01T09:00:00Z, started: 2026-12-01T09:00:00Z}`;
const OFF = '{phase: pending}';

const demo = (more: string, status = AT('canary')): string => `flag: demo
owners: ['@acme/web']
${more}
status: ${status}
`;
const STAGES =
  'stages: [{name: internal, segments: [employees], duration: 2d}, {name: canary, percentage: 5, duration: 7d}, {name: full, percentage: 100, duration: 1d}]';
const USUAL = demo(STAGES);

/**
 * Reviews a change from some texts to others: severity, code, place and message of what it says.
 *
 * @param names what files were called before, by what they are called now
 * @param base the config before
 */
async function seen(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  config: string | undefined = CONFIG,
  names: Readonly<Record<string, string>> = {},
  base = CONFIG,
): Promise<readonly string[]> {
  const read = readConfigFile(CONFIG_PATH, base, {}).config ?? DEFAULT_CONFIG;
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = paths.filter((path) => before[path] !== after[path]);
  const input: ReviewInput = {
    configPath: CONFIG_PATH,
    configText: config,
    configOptions: {},
    list: async (wanted) => ({
      files: Object.entries(after)
        .filter(([path]) => wantedFilter(wanted)(path))
        .map(([path, text]) => ({ path, text })),
      refused: [],
    }),
    before: async (path) => {
      const name = names[path] ?? path;
      const text = before[name];
      return text === undefined ? undefined : { path: name, text };
    },
    old: async () =>
      changed.flatMap((path) => {
        const text = before[path];
        return text === undefined || Object.values(names).includes(path) ? [] : [{ path, text }];
      }),
    only: [...changed, ...(config === base ? [] : [CONFIG_PATH])],
    now: NOW,
    inForce: read,
  };
  const { problems, files } = await validate(input);
  for (const { file } of problems) expect(files).toContain(file);
  return problems.map(({ severity, code, file, at, message }) => {
    return `${severity} ${code} ${file}:${at.line} ${message}`;
  });
}

const change = (from: string, to: string, config?: string) =>
  seen({ [FILE]: from }, { [FILE]: to }, config);

describe('what those who have it, and everyone else, get', () => {
  const swapped = "treatment: 'off'\ncontrol: 'on'";

  it('is left alone by a change of anything else', async () => {
    expect(await change(USUAL, demo(`description: words\n${STAGES}`))).toEqual([]);
  });

  it('is seen where treatment and control are swapped: everybody flips', async () => {
    expect(await change(USUAL, demo(`${STAGES}\n${swapped}`))).toEqual([
      `error variants-changed ${FILE}:4 treatment and control are swapped: those who have the flag get \`off\` instead of \`on\`, and everyone else get \`on\` instead of \`off\``,
    ]);
  });

  it('is seen before the start as well: everybody would have it at once', async () => {
    expect(await change(demo(STAGES, OFF), demo(`${STAGES}\n${swapped}`, OFF))).toEqual([
      `error variants-changed ${FILE}:5 everyone else get \`on\` instead of \`off\``,
    ]);
  });

  it('is nothing where a completed blue-green rollout is restarted: nobody gets anything else', async () => {
    const colours = (treatment: string, control: string, status: string) =>
      demo(
        `strategy: blue-green\nvariants: {blue: b, green: g}\ntreatment: ${treatment}\ncontrol: ${control}\nstages: [{name: some, percentage: 5, duration: 7d}, {name: all, percentage: 100, duration: 7d}]`,
        status,
      );
    expect(
      await change(colours('green', 'blue', AT('all', 'completed')), colours('blue', 'green', OFF)),
    ).toEqual([]);
  });

  const values = (on: string, off: string) =>
    demo(`variants: {'on': ${on}, 'off': ${off}}\n${STAGES}`);

  it('is seen where a variant has another value', async () => {
    expect(await change(values('2', '1'), values('3', '1'))).toEqual([
      `error variants-changed ${FILE}:3 those who have the flag get another value of \`on\``,
    ]);
  });

  it('is the same whatever the order of the variants', async () => {
    const turned = demo(`variants: {'off': 1, 'on': 2}\n${STAGES}`);
    expect(await change(values('2', '1'), turned)).toEqual([]);
  });

  it('is the treatment alone where everyone has it', async () => {
    const done = AT('full', 'completed');
    const with_ = (off: string) => demo(`variants: {'on': 2, 'off': ${off}}\n${STAGES}`, done);
    expect(await change(with_('1'), with_('0'))).toEqual([]);
  });
});

describe('who has it', () => {
  it('is seen to be drawn anew by another key', async () => {
    expect(await change(USUAL, demo(`bucket_by: account\n${STAGES}`))).toEqual([
      `error users-rebucketed ${FILE}:3 users are put in other buckets: some who have the flag lose it, and others get it`,
    ]);
  });

  it('is not where it is nobody yet, or everybody', async () => {
    for (const status of [OFF, AT('internal'), AT('full')]) {
      expect(
        await change(demo(STAGES, status), demo(`bucket_by: account\n${STAGES}`, status)),
      ).toEqual([]);
    }
  });

  it('is seen to be drawn anew by another name', async () => {
    const renamed = USUAL.replace('flag: demo', 'flag: demo-2');
    expect(await seen({ [FILE]: USUAL }, { [OTHER]: renamed }, CONFIG, { [OTHER]: FILE })).toEqual([
      `error status-written-by-hand ${OTHER}:4 the file is new and already exposes users`,
      `error users-rebucketed ${OTHER}:1 demo@production becomes demo-2@production: whoever has the first gets what the code defaults to, and the second is drawn among all users anew`,
    ]);
  });

  it('is seen where the stage they are in grows, and where it shrinks', async () => {
    const at = (percentage: number) => STAGES.replace('percentage: 5', `percentage: ${percentage}`);
    expect(await change(USUAL, demo(at(10)))).toEqual([
      `error exposure-changed-by-hand ${FILE}:3 \`canary\` is larger than it was: 10 % get it at once`,
    ]);
    expect(await change(USUAL, demo(at(0.5)))).toEqual([
      `warning exposure-changed-by-hand ${FILE}:3 \`canary\` is not what it was: of 5 %, users lose it at once`,
    ]);
    // A stage that is still to come moves nobody.
    expect(await change(demo(STAGES, AT('internal')), demo(at(10), AT('internal')))).toEqual([]);
  });

  it('is seen where a stage before it lets others in', async () => {
    const all = STAGES.replace('segments: [employees]', 'regions: [au]');
    expect(await change(USUAL, demo(all))).toEqual([
      `error exposure-changed-by-hand ${FILE}:3 \`canary\` is larger than it was: au get it at once`,
      `warning exposure-changed-by-hand ${FILE}:3 \`canary\` is not what it was: of employees, users lose it at once`,
    ]);
  });

  it('is nothing new where the status alone is taken back', async () => {
    expect(await change(USUAL, demo(STAGES, AT('internal')))).toEqual([]);
  });

  it('is seen where somebody removes the kill switch, and goes without saying where one sets it', async () => {
    const killed = demo(`kill: true\n${STAGES}`);
    expect(await change(killed, USUAL)).toEqual([
      expect.stringMatching(
        /^error exposure-changed-by-hand .* the kill switch is gone: employees and 5 % get it at once$/,
      ),
    ]);
    expect(await change(USUAL, killed)).toEqual([]);
  });
});

describe('a change of the config', () => {
  it('is seen where it makes a ladder larger that a flag is on', async () => {
    const on = demo('stages: slow');
    const wider = CONFIG.replace('percentage: 1,', 'percentage: 10,');
    expect(await change(on, on, wider)).toEqual([
      `error exposure-changed-by-hand ${FILE}:3 \`canary\` is larger than it was: 10 % get it at once`,
    ]);
  });

  it('is seen where it tells a segment otherwise whose users have a flag', async () => {
    const others = CONFIG.replace('@acme.example', '@example.com');
    expect(await change(USUAL, USUAL, others)).toEqual([
      `warning exposure-changed-by-hand ${FILE}:3 who is in \`employees\` changes in the config, and with it who has the flag`,
    ]);
    expect(await change(demo(STAGES, OFF), demo(STAGES, OFF), others)).toEqual([]);
  });
});

describe('the dates of a flag that is live', () => {
  const dated = (dates: string, status?: string) => demo(`${dates}\n${STAGES}`, status);
  const PAST = '2026-12-07T10:00:00Z';
  const SOON = '2026-12-20T10:00:00Z';
  const LATER = '2027-01-04T10:00:00Z';

  it('are seen where everybody loses it at once', async () => {
    expect(await change(dated(`end: ${SOON}`), dated(`end: ${PAST}`))).toEqual([
      `warning dates-changed-by-hand ${FILE}:3 everybody gets \`off\` at once, and the next tick takes the flag back to off: \`end\`, ${PAST}, has passed`,
    ]);
    expect(await change(USUAL, dated(`start: ${SOON}`))).toEqual([
      `warning dates-changed-by-hand ${FILE}:3 everybody gets \`off\` until ${SOON}, and then whoever is in \`canary\` gets the flag again: \`start\` is in the future`,
    ]);
  });

  it('are seen where users get it at once', async () => {
    const back = 'whoever is in `canary` gets the flag at once';
    for (const [from, to, line, why] of [
      [`end: ${PAST}`, `end: ${SOON}`, 3, '`end` had passed, and is later now'],
      [`end: ${PAST}`, 'description: words', 1, '`end` had passed, and is gone'],
      [`start: ${SOON}`, `start: ${PAST}`, 3, '`start` was in the future, and is earlier now'],
      [`start: ${SOON}`, 'description: words', 1, '`start` was in the future, and is gone'],
    ] as const) {
      expect(await change(dated(from), dated(to))).toEqual([
        `error dates-changed-by-hand ${FILE}:${line} ${back}: ${why}`,
      ]);
    }
  });

  it('are seen where users lose it sooner, or keep it longer', async () => {
    expect(await change(dated(`end: ${LATER}`), dated(`end: ${SOON}`))).toEqual([
      `warning dates-changed-by-hand ${FILE}:3 everybody gets \`off\` from ${SOON}: \`end\` was ${LATER}`,
    ]);
    expect(await change(USUAL, dated(`end: ${SOON}`))).toEqual([
      `warning dates-changed-by-hand ${FILE}:3 everybody gets \`off\` from ${SOON}: \`end\` is new`,
    ]);
    expect(await change(dated(`end: ${SOON}`), dated(`end: ${LATER}`))).toEqual([
      `warning dates-changed-by-hand ${FILE}:3 users keep the flag after ${SOON}: \`end\` is ${LATER} now`,
    ]);
    expect(await change(dated(`end: ${SOON}`), USUAL)).toEqual([
      `warning dates-changed-by-hand ${FILE}:1 users keep the flag after ${SOON}: \`end\` is gone`,
    ]);
  });

  it('are the plan’s matter where nobody has it, and the kill switch’s where that is set', async () => {
    for (const [before, after] of [
      [dated(`end: ${LATER}`, OFF), dated(`end: ${PAST}`, OFF)],
      [dated(`start: ${SOON}`, OFF), dated(`start: ${PAST}`, OFF)],
      [dated(`start: ${PAST}`), USUAL],
      [dated(`end: ${LATER}`), demo(`end: ${PAST}\nkill: true\n${STAGES}`)],
      // The tick had taken it from them by then.
      [
        dated(`end: ${PAST}`, '{phase: rolled-back, serving: control}'),
        dated(`end: ${LATER}`, '{phase: rolled-back, serving: control}'),
      ],
    ] as const) {
      expect(await change(before, after)).toEqual([]);
    }
  });

  it('are nothing to traffic before the tick, which looks at `end` alone', async () => {
    const shares = STAGES.replace('{name: internal, segments: [employees], duration: 2d}, ', '');
    const traffic = CONFIG.replace(
      /targets: .*/,
      "targets: [{type: gateway-api, path: k8s/shop.yaml, rollout: demo, backends: {'on': a, 'off': b}}]",
    );
    const by = (dates: string) => ({ [FILE]: demo(`${dates}\n${shares}`) });
    const to = (dates: string) => seen(by('description: words'), by(dates), traffic, {}, traffic);
    expect(await to(`start: ${SOON}`)).toEqual([]);
    expect(await to(`end: ${PAST}`)).toEqual([
      `warning dates-changed-by-hand ${FILE}:3 everybody gets \`off\` at once, and the next tick takes the flag back to off: \`end\`, ${PAST}, has passed`,
    ]);
  });
});

describe('a target of the config', () => {
  const live = { [FILE]: USUAL };
  const FLAGD = '{type: flagd, path: flags/flagd.json}';
  const config = (...targets: readonly string[]) =>
    CONFIG.replace(/targets: .*/, `targets: [${targets.join(', ')}]`);
  const turned = (
    from: string,
    to: string | undefined,
    files: Readonly<Record<string, string>> = live,
  ) => seen(files, files, to, {}, from);

  it('is seen to go where a flag is live: what it wrote stands still', async () => {
    const still = `${CONFIG_PATH}:4 no rollback or kill of demo@production reaches those who read flags/flagd.json any more: it stays as it is, for no target writes it`;
    expect(await turned(config(FLAGD), config())).toEqual([`error target-removed ${still}`]);
    // To another file: whoever reads the first does not know yet.
    const moved = config('{type: flagd, path: flags/new.json}');
    expect(await turned(config(FLAGD), moved)).toEqual([`warning target-removed ${still}`]);
    const done = { [FILE]: demo(STAGES, AT('full', 'completed')) };
    expect(await turned(config(FLAGD), config(), done)).toEqual([
      `warning target-removed ${still}`,
    ]);
  });

  it('is seen to go with the whole config', async () => {
    for (const nothing of ['# Nothing.\n', '{}\n']) {
      expect(await turned(config(FLAGD), nothing)).toContainEqual(
        expect.stringMatching(/^error target-removed \.github\/sluice\.yml:1 no rollback or kill/),
      );
    }
  });

  it('is seen to go along with what its flags need to be valid', async () => {
    const needs = { [FILE]: demo('stages: slow') };
    const bare = config().replace(/ladders:\n.*\n/, '');
    expect((await turned(config(FLAGD), bare, needs)).map((each) => each.split(' ')[1])).toEqual([
      'unknown-ladder',
      'target-removed',
    ]);
  });

  it('is seen to go once, however many flags it has', async () => {
    const many = Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e'].map((name) => [
        `rollouts/${name}.yaml`,
        USUAL.replace('flag: demo', `flag: ${name}`),
      ]),
    );
    expect(await turned(config(FLAGD), config(), many)).toEqual([
      expect.stringContaining('of a@production, b@production, c@production and 2 more reaches'),
    ]);
  });

  it('is nobody’s matter where nobody has a flag, or where the same file is written as before', async () => {
    expect(await turned(config(FLAGD), config(), { [FILE]: demo(STAGES, OFF) })).toEqual([]);
    const more = config('{type: json, path: flags/all.json}', FLAGD);
    expect(await turned(config(FLAGD), more)).toEqual([]);
    expect(await turned(config(FLAGD), `# Words.\n${config(FLAGD)}`)).toEqual([]);
  });

  it('is seen to write its file in another form', async () => {
    const json = config('{type: json, path: flags/flagd.json}');
    expect(await turned(config(FLAGD), json)).toEqual([
      `error target-removed ${CONFIG_PATH}:4 those who read flags/flagd.json do not find demo@production there any more: the file is of type json instead of flagd`,
    ]);
  });

  it('is seen to be for another environment', async () => {
    const at = (...targets: readonly string[]) =>
      `environments: [staging, production]\n${config(...targets)}`;
    const of = (environment: string) =>
      `{type: flagd, path: flags/flagd.json, environment: ${environment}}`;
    const file = 'rollouts/production/demo.yaml';
    expect(await turned(at(of('production')), at(of('staging')), { [file]: USUAL })).toEqual([
      `error target-removed ${CONFIG_PATH}:5 those who read flags/flagd.json do not find demo@production there any more: the file is for staging alone`,
    ]);
  });

  it('is seen to leave traffic as it is', async () => {
    const shares = { [FILE]: USUAL.replace(/\{name: internal[^}]*\}, /, '') };
    const traffic = (path: string) =>
      config(`{type: gateway-api, path: ${path}, rollout: demo, backends: {'on': a, 'off': b}}`);
    const kept = `${CONFIG_PATH}:4 k8s/shop.yaml keeps the share that demo@production has, and no rollback or kill takes it back: no target sets it`;
    // Flags elsewhere are no help: the traffic goes by what the manifest says.
    expect(await turned(traffic('k8s/shop.yaml'), config(FLAGD), shares)).toEqual([
      `error target-removed ${kept}`,
    ]);
    expect(await turned(traffic('k8s/shop.yaml'), traffic('k8s/shop-2.yaml'), shares)).toEqual([
      `warning target-removed ${kept}`,
    ]);
  });

  it('is seen to tell users by another attribute', async () => {
    const stages = STAGES.replace('segments: [employees]', 'regions: [au], tiers: [beta]');
    const regional = { [FILE]: demo(stages) };
    const by = (attributes: string) =>
      config(`{type: flagd, path: flags/flagd.json, attributes: ${attributes}}`);
    const who = `warning target-attributes-changed ${CONFIG_PATH}:4 who has demo@production changes at once: flags/flagd.json`;
    expect(await turned(config(FLAGD), by('{region: country}'), regional)).toEqual([
      `${who} finds regions in \`country\` instead of \`region\``,
    ]);
    const both = by('{tier: plan}');
    expect(await turned(by('{region: country}'), both, regional)).toEqual([
      `${who} finds regions in \`region\` instead of \`country\`, and tiers in \`plan\` instead of \`tier\``,
    ]);
    // The default said, or nobody who is in by region.
    expect(await turned(config(FLAGD), by('{region: region}'), regional)).toEqual([]);
    expect(await turned(config(FLAGD), by('{region: country}'))).toEqual([]);
  });

  it('is seen to put users in buckets by another key', async () => {
    const by = (key: string) =>
      config(
        `{type: nginx, path: nginx/demo.conf, rollout: demo, backends: {'on': a, 'off': b}, variable: $demo, key: $${key}}`,
      );
    const at = (stage: string) => ({
      [FILE]: demo(STAGES, AT(stage)).replace(/\{name: internal[^}]*\}, /, ''),
    });
    expect(await turned(by('cookie_uid'), by('cookie_sid'), at('canary'))).toEqual([
      `error target-key-changed ${CONFIG_PATH}:4 some who have demo@production lose it, and others get it: nginx/demo.conf puts users in buckets by \`$cookie_sid\` instead of \`$cookie_uid\``,
    ]);
    expect(await turned(by('cookie_uid'), by('cookie_sid'), at('full'))).toEqual([]);
  });
});

describe('a config that reads other files', () => {
  const elsewhere = `rollouts: flags/*.yaml\n${CONFIG}`;

  it('is seen where it leaves out one whose flag is live', async () => {
    expect(await change(USUAL, USUAL, elsewhere)).toEqual([
      `error live-rollout-deleted ${FILE}:1 demo@production is progressing in \`canary\`; with its file no longer among \`rollouts\` it leaves flags/flagd.json, and services use the default of their code`,
    ]);
  });

  it('is nobody’s matter where nobody has the flag, or where its file moves along', async () => {
    expect(await change(demo(STAGES, OFF), demo(STAGES, OFF), elsewhere)).toEqual([]);
    const there = 'flags/demo.yaml';
    expect(await seen({ [FILE]: USUAL }, { [there]: USUAL }, elsewhere, { [there]: FILE })).toEqual(
      [],
    );
  });
});

describe('a file that another one goes on for', () => {
  const INSTEAD = 'rollouts/production/demo.yaml';
  const instead = (before: string, after: string) => seen({ [FILE]: before }, { [INSTEAD]: after });

  it('is compared with it, though nobody calls that a rename', async () => {
    expect(await instead(USUAL, USUAL)).toEqual([]);
    expect(await instead(USUAL, demo(STAGES, AT('full')))).toEqual([
      `error status-written-by-hand ${INSTEAD}:4 the status was moved forward by hand`,
    ]);
    expect(await instead(demo(`kill: true\n${STAGES}`), USUAL)).toEqual([
      expect.stringMatching(/^error exposure-changed-by-hand .* the kill switch is gone: /),
    ]);
  });

  it('is not said to leave its target where the other one is broken, which keeps it there', async () => {
    expect(await instead(USUAL, USUAL.replace('owners', 'ownres'))).toEqual([
      `error missing-key ${INSTEAD}:1 the file has no \`owners\``,
      `error unknown-key ${INSTEAD}:2 unknown key \`ownres\``,
    ]);
  });
});

describe('a file that is deleted', () => {
  const gone = (text: string, config = CONFIG) => seen({ [FILE]: text }, {}, config, {}, config);

  it('is seen where its flag is live', async () => {
    expect(await gone(USUAL)).toEqual([
      `error live-rollout-deleted ${FILE}:1 demo@production is progressing in \`canary\`; with its file deleted it leaves flags/flagd.json, and services use the default of their code`,
    ]);
    expect(await gone(demo(STAGES, AT('full', 'completed')))).toEqual([
      expect.stringMatching(/^warning live-rollout-deleted .* is completed in `full`; /),
    ]);
    expect(await gone(demo(`kill: true\n${STAGES}`))).toEqual([
      expect.stringMatching(
        /^error live-rollout-deleted .* is killed, and the kill switch goes with the file; /,
      ),
    ]);
  });

  it('is nobody’s matter where nobody has the flag', async () => {
    expect(await gone(demo(STAGES, OFF))).toEqual([]);
  });

  it('keeps its share of traffic', async () => {
    const traffic = CONFIG.replace(
      /targets: .*/,
      "targets: [{type: gateway-api, path: k8s/shop.yaml, rollout: demo, backends: {'on': a, 'off': b}}]",
    );
    const shares =
      'stages: [{name: canary, percentage: 5, duration: 7d}, {name: full, percentage: 100, duration: 1d}]';
    expect(await gone(demo(shares), traffic)).toEqual([
      expect.stringMatching(
        /k8s\/shop.yaml keeps the share that it has, and nothing takes it back$/,
      ),
    ]);
  });
});
