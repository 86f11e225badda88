import { isRecordPath } from '../../model/record-path.ts';
import { globMatcher } from './glob.ts';

/** Other files of ours, which no target may be written over. */
export interface OurFiles {
  /** Where the config is. */
  readonly config: string | undefined;
  /** The glob of the rollout files. */
  readonly rollouts: string;
}

/**
 * Why no target may be written to a path, or `undefined`. The sentence follows the name of the target.
 *
 * A target is overwritten by a bot whose commits nobody reviews, so it must be a file that only holds
 * flags or traffic. Refused is what grants rights, what runs, and what tools read as settings, under
 * any name that a file system takes for the same: Windows and macOS ignore case, macOS composes
 * accents, Windows drops dots and spaces at the end of a name and has a short form of long ones. The
 * schema has refused paths that are not plain: `..`, `./`, `a//b`, backslashes, control characters.
 */
export function targetPathProblem(
  path: string,
  { config, rollouts }: OurFiles,
): string | undefined {
  const key = pathKey(path);
  if (config !== undefined && key === pathKey(config)) return 'is the config itself';
  if (isRollout(path, rollouts)) return 'is a rollout file';
  if (isRecordPath(key)) return 'is the evidence of a move, which Sluice writes';
  const names = key.split('/');
  const dotted = names.find((name) => name.startsWith('.'));
  if (dotted !== undefined) {
    return `has \`${dotted}\` in it, and names that begin with a dot are settings of GitHub, git and other tools`;
  }
  if (names.some((name) => SHORT_NAME.test(name))) {
    return 'has the form of a short name on Windows, which may be that of another file';
  }
  return acts(names.at(-1) ?? '')
    ? 'is a file that GitHub, CI, a package manager or a build tool acts on'
    : undefined;
}

/**
 * A path as the least exact file system sees it: two paths with the same key may be one file. For
 * comparing only.
 */
export function pathKey(path: string): string {
  return path
    .split('/')
    .map((name) => {
      // On Windows, what follows a colon is a part of the same file.
      const [file = ''] = name.normalize('NFKC').toUpperCase().toLowerCase().split(':');
      let end = file.length;
      while (end > 1 && (file[end - 1] === '.' || file[end - 1] === ' ')) end -= 1;
      return file.slice(0, end);
    })
    .join('/');
}

function isRollout(path: string, glob: string): boolean {
  if (globMatcher(glob)(path)) return true;
  const anyCase = globMatcher(glob.toLowerCase());
  return anyCase(path.toLowerCase()) || anyCase(pathKey(path));
}

/** `GITHUB~1`, as Windows calls `.github` for short. */
const SHORT_NAME = /^[^.~]{1,6}~\d{1,6}(?:\.[^.]{0,3})?$/;

const acts = (name: string): boolean => {
  const [stem = '', ...endings] = name.split('.');
  return NAMES.has(name) || STEMS.has(stem) || PROGRAMS.has(endings.at(-1) ?? '');
};

/** Read by name: for rights, by GitHub, by package managers, by CI and by hosts. */
const NAMES = new Set([
  'owners',
  'action.yml',
  'action.yaml',
  'package.json',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'lerna.json',
  'nx.json',
  'turbo.json',
  'bower.json',
  'deno.json',
  'deno.jsonc',
  'tsconfig.json',
  'jsconfig.json',
  'composer.json',
  'global.json',
  'packages.lock.json',
  'renovate.json',
  'renovate.json5',
  'requirements.txt',
  'constraints.txt',
  'setup.cfg',
  'tox.ini',
  'pom.xml',
  'cmakelists.txt',
  'build',
  'workspace',
  'gradlew',
  'mvnw',
  'compose.yml',
  'compose.yaml',
  'skaffold.yaml',
  'serverless.yml',
  'serverless.yaml',
  'vercel.json',
  'firebase.json',
  'app.yaml',
  'render.yaml',
]);

/** The same with any ending, or none: `Dockerfile.dev`, `docker-compose.test.yml`. */
const STEMS = new Set([
  'codeowners',
  'dockerfile',
  'containerfile',
  'docker-compose',
  'docker-bake',
  'makefile',
  'gnumakefile',
  'justfile',
  'taskfile',
  'rakefile',
  'gemfile',
  'pipfile',
  'podfile',
  'procfile',
  'brewfile',
  'vagrantfile',
  'tiltfile',
  'earthfile',
  'jenkinsfile',
  'azure-pipelines',
  'bitbucket-pipelines',
  'buildspec',
  'cloudbuild',
  'appveyor',
]);

/** Endings of programs, and of what a program is built from. */
const PROGRAMS = new Set(
  (
    'js cjs mjs jsx ts cts mts tsx vue svelte py rb php pl lua r jl ex exs erl clj dart swift ' +
    'go mod sum work rs java kt kts scala groovy gradle c h cc cpp hpp cs fs vb csproj sln ' +
    'sh bash zsh fish ps1 psm1 bat cmd exe dll so mk make cmake bzl bazel nix tf tfvars hcl ' +
    'toml lock dockerfile'
  ).split(' '),
);
