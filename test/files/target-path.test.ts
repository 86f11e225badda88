import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathKey } from '../../src/files/config/target-path.ts';
import { inWords, readConfig } from '../support/files.ts';

/** What a config with these targets is told, as `code at: message`; the config is where it usually is. */
const told = (...paths: readonly string[]): readonly string[] =>
  readConfig(
    `targets: ${JSON.stringify(paths.map((path) => ({ type: 'json', path })))}\nrollouts: Rollouts/**/*.yaml\n`,
    { path: 'ops/sluice.yml' },
  ).findings.map(({ hint: _, ...finding }) => inWords(finding));

const REFUSED: readonly (readonly [why: RegExp, ...paths: readonly string[]])[] = [
  [
    /names that begin with a dot are settings/,
    '.github',
    '.github/x.json',
    '.github/workflows/release.yml',
    '.github/CODEOWNERS',
    '.GitHub/workflows/x.yml',
    '.github./workflows/x.yml',
    '.github /workflows/x.yml',
    '.github:x/workflows/x.yml',
    '．github/workflows/x.yml',
    '.gıthub/workflows/x.yml',
    '.gitattributes',
    '.GITATTRIBUTES',
    'flags/.gitattributes',
    '.gitmodules',
    '.gitignore',
    '.gitlab-ci.yml',
    '.circleci/config.yml',
    '.husky/pre-commit',
    '.npmrc',
    'service/.npmrc',
    '.env',
    '.devcontainer/devcontainer.json',
    '.pre-commit-config.yaml',
  ],
  [
    /is a file that GitHub, CI, a package manager or a build tool acts on/,
    'CODEOWNERS',
    'docs/CODEOWNERS',
    'codeowners',
    'CodeOwners.',
    'CODEOWNERS ',
    'CODEOWNERS:x',
    'CODEOWNER\u017f',
    'action.yml',
    'Action.YAML',
    'actions/sluice/action.yml',
    'package.json',
    'PACKAGE.JSON',
    'package.json.',
    'ｐackage.json',
    'web/package.json',
    'package-lock.json',
    'pnpm-lock.yaml',
    'composer.json',
    'tsconfig.json',
    'renovate.json',
    'Dockerfile',
    'Dockerfile.prod',
    'prod.dockerfile',
    'docker-compose.yml',
    'docker-compose.test.yml',
    'compose.yaml',
    'Makefile',
    'Jenkinsfile',
    'azure-pipelines.yml',
    'Cargo.toml',
    'yarn.lock',
    'go.mod',
    'gradlew',
    'build.gradle.kts',
    'scripts/deploy.sh',
    'src/index.js',
    'src/main.py',
    'infra/main.tf',
  ],
  [
    /has the form of a short name on Windows/,
    'GITHUB~1/workflows/x.yml',
    'CODEOW~1',
    'PACKAG~1.JSO',
  ],
  [/is the config itself/, 'ops/sluice.yml', 'OPS/Sluice.yml', 'ops/sluice.yml.'],
  [
    /is a rollout file/,
    'Rollouts/checkout.yaml',
    'Rollouts/eu/checkout.yaml',
    'rollouts/checkout.yaml',
    'ROLLOUTS/checkout.YAML',
    'Rollouts/checkout.yaml.',
  ],
  // The schema refuses what is no plain path.
  [
    /must be a path inside the repository/,
    './.github/x.json',
    'x/./.github/x.json',
    'flags//x.json',
    'x/../.github/x.json',
    '../x.json',
    '/x.json',
    '~/x.json',
    '.github\\workflows\\x.yml',
    'flags\\x.json',
    'flags/',
    '.git/config',
    '.g\u200cithub/x.json',
    'package\u202e.json',
    'flags/x\n.json',
  ],
];

describe('a target may not be written to', () => {
  it.each(REFUSED.flatMap(([why, ...paths]) => paths.map((path) => [path, why] as const)))(
    '%j',
    (path, why) => {
      expect(told(path)).toEqual([expect.stringMatching(why)]);
      expect(told(path)[0]).toMatch(/^bad-value at targets\.0\.path: /);
    },
  );

  it('what is protected, however its name is written', () => {
    const name = fc.constantFrom(
      '.github',
      '.gitmodules',
      'CODEOWNERS',
      'package.json',
      'action.yml',
    );
    const written = fc
      .tuple(name, fc.infiniteStream(fc.boolean()), fc.constantFrom('', '.', ' ', '. .', ':$DATA'))
      .map(([text, upper, end]) => {
        const cased = [...text].map((c) =>
          upper.next().value ? c.toUpperCase() : c.toLowerCase(),
        );
        return cased.join('') + end;
      });
    const folder = fc.constantFrom('', 'docs/', 'a/b/');
    fc.assert(
      fc.property(folder, written, (where, what) => {
        expect(told(`${where}${what}`)).toHaveLength(1);
      }),
    );
  });
});

describe('a target may be written to', () => {
  it.each([
    'flags/x.json',
    'flags/exposures.json',
    'flags.json',
    'flags',
    'k8s/vs.yaml',
    'deploy/values.yaml',
    'charts/shop/values.yml',
    'nginx/split.conf',
    'nginx/sites-available/shop.example.com',
    'rollouts.json',
    'Rollouts/readme.txt',
    'packages/web/flags.json',
    'github/flags.json',
    'actions/flags.json',
    'my-package.json',
    'package.json/flags.json',
    'flags/checkout~2.json',
    'flags/a.b..json',
    'ünïcode/flagğen.json',
  ])('%s', (path) => {
    expect(told(path)).toEqual([]);
  });
});

describe('two targets', () => {
  it.each([
    ['flags/a.json', 'flags/a.json', 'two targets write `flags/a.json`'],
    [
      'flags/a.json',
      'flags/A.json',
      '`flags/a.json` and `flags/A.json` are one file to Windows or macOS',
    ],
    ['Flags/a.json', 'flags/a.json', 'are one file to Windows or macOS'],
    ['flags/a.json', 'flags/a.json.', 'are one file to Windows or macOS'],
    ['flags/é.json', 'flags/e\u0301.json', 'are one file to Windows or macOS'],
    ['flags', 'flags/a.json', 'one is in a folder that has the name of the other'],
    ['flags/a.json', 'Flags', 'one is in a folder that has the name of the other'],
  ])('may not be %j and %j', (one, other, words) => {
    expect(told(one, other)).toEqual([
      expect.stringMatching(/^duplicate-target at targets\.1\.path: /),
    ]);
    expect(told(one, other)[0]).toContain(words);
  });

  it('may be beside each other', () => {
    expect(told('flags/a.json', 'flags/ab.json', 'flags/a/b.json', 'flags-eu/a.json')).toEqual([]);
  });

  it('may share a manifest when each sets weights of its own, written alike', () => {
    const target = (path: string) =>
      `{type: istio, path: ${path}, rollout: a, backends: {'on': x, 'off': y}}`;
    const findings = (path: string) =>
      readConfig(`targets: [${target('k8s/vs.yaml')}, ${target(path)}]`).findings;
    expect(findings('k8s/vs.yaml')).toEqual([]);
    expect(findings('k8s/VS.yaml')).toMatchObject([{ code: 'duplicate-target' }]);
  });
});

it('the key of a path is the same however often it is taken', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (path) => {
      expect(pathKey(pathKey(path))).toBe(pathKey(path));
    }),
  );
});
