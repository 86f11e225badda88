import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { Plugin } from 'esbuild';

const ACTIONS = /[\\/]node_modules[\\/]@actions[\\/]/;

/**
 * Takes of `@actions/core` what is used. Its OpenID client, which nobody here calls, brings undici:
 * 410 KB that would be read at every start. None of its files does anything when it is loaded.
 */
export const actionsAsUsed: Plugin = {
  name: 'actions-as-used',
  setup(build) {
    build.onResolve({ filter: /^(?:\.\/|@actions\/)/ }, async ({ path, pluginData, ...from }) => {
      // Asked again below: esbuild itself is to answer.
      if (pluginData === actionsAsUsed) return undefined;
      const found = await build.resolve(path, { ...from, pluginData: actionsAsUsed });
      return ACTIONS.test(found.path) ? { ...found, sideEffects: false } : undefined;
    });
  },
};

/** Modules of Node that have getters, and what is used of them. */
const WITH_GETTERS: Readonly<Record<string, readonly string[]>> = {
  buffer: ['Buffer'],
  crypto: ['createHash', 'randomUUID'],
  fs: [
    'appendFileSync',
    'closeSync',
    'constants',
    'existsSync',
    'fstatSync',
    'lstatSync',
    'openSync',
    'readFileSync',
    'readdirSync',
  ],
  http: ['Agent'],
  util: ['deprecate', 'isDeepStrictEqual', 'promisify', 'types'],
};

/** Modules of Node that are asked for when something of them is used: an address or an answer decides. */
const WHEN_ASKED = ['https', 'zlib'];

/**
 * Takes modules of Node that have getters by `require`, and by name: an `import` reads them all, and
 * so does esbuild's copy of a module. One of `node:http` loads Node's undici, which takes as long as
 * all of Node takes to start; one of `node:fs` its promises, and with them readline; those of
 * `node:util` what reads arguments and compares texts. TLS and compression are left to who needs them.
 */
export const gettersUnread: Plugin = {
  name: 'getters-unread',
  setup(build) {
    // What is imported at run time is loaded when it is needed, and as it is.
    build.onResolve({ filter: /^(?:node:)?[a-z]+$/ }, ({ path, kind }) => {
      const name = path.replace('node:', '');
      if (kind !== 'import-statement') return undefined;
      if (WHEN_ASKED.includes(name)) return { path: name, namespace: 'when-asked' };
      return name in WITH_GETTERS ? { path: name, namespace: 'by-require' } : undefined;
    });
    build.onLoad({ filter: /.*/, namespace: 'when-asked' }, ({ path }) => ({
      contents: `export default new Proxy({}, { get: (_, name) => require(${JSON.stringify(path)})[name] });`,
    }));
    build.onLoad({ filter: /.*/, namespace: 'by-require' }, ({ path }) => {
      const names = WITH_GETTERS[path] ?? [];
      return {
        contents: `const module = require(${JSON.stringify(path)});
          export default module;
          export const { ${names.join(', ')} } = module;`,
      };
    });
  },
};

/** What stands for modules that are never used, by the beginning of their names, as they are imported. */
const STAND_INS: Readonly<Record<string, string>> = {
  // Node has had streams of the web since 18; node-fetch asks for these only where there are none.
  'web-streams-polyfill/': '',
  // What we send and are answered is text. Blobs and forms bring promises of files, and threads.
  'fetch-blob': `export default class Blob {}
    export { Blob, Blob as File };
    export const [blobFrom, blobFromSync, fileFrom, fileFromSync] = [];`,
  'formdata-polyfill/': 'export class FormData {} export const formDataToBlob = undefined;',
  // A method for every endpoint GitHub has, 83 KB, and pages: `request` is all that is called.
  '@octokit/plugin-rest-endpoint-methods': 'export const legacyRestEndpointMethods = () => ({});',
  '@octokit/plugin-paginate-rest': 'export const paginateRest = () => ({});',
  // It makes whole numbers beyond 2⁵³ of GitHub's into BigInts, by a look at every value of an answer.
  // GitHub's ids are far from there, and nothing here could do anything with one.
  'json-with-bigint': 'export const { parse: JSONParse, stringify: JSONStringify } = JSON;',
};

/** The same for files of a library, by its name. */
const STAND_INS_WITHIN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // It takes promises of files: ours is appended to its file.
  '@actions/core': {
    './summary.js': 'export const summary = undefined, markdownSummary = undefined;',
  },
  'node-fetch': { './utils/multipart-parser.js': 'export const toFormData = undefined;' },
};

/** Leaves out modules that a library brings along and nobody here uses. */
export const unusedLeftOut: Plugin = {
  name: 'unused-left-out',
  setup(build) {
    build.onResolve({ filter: /^\.\/.*\.js$/ }, ({ path, importer }) => {
      const [, library = ''] =
        /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(importer) ?? [];
      const contents = STAND_INS_WITHIN[library]?.[path];
      return contents === undefined
        ? undefined
        : { path: `${library}/${path}`, namespace: 'instead-of-a-file', pluginData: contents };
    });
    build.onLoad({ filter: /.*/, namespace: 'instead-of-a-file' }, ({ pluginData }) => ({
      contents: pluginData as string,
    }));
    for (const [name, contents] of Object.entries(STAND_INS)) {
      const namespace = `instead-of-${name}`;
      build.onResolve({ filter: new RegExp(`^${name}`) }, ({ path }) => ({ path, namespace }));
      build.onLoad({ filter: /.*/, namespace }, () => ({ contents }));
    }
  },
};

/** A module of which a run reads nothing before it uses it. */
interface Seldom {
  /** Its file in dist/, less `.cjs`. */
  readonly file: string;
  /** The names that are imported from it; without any, it is a function. */
  readonly names?: readonly string[];
}

/** What few runs need: libraries by name, of which two are 147 small modules, and files of ours. */
export const SELDOM_USED: Readonly<Record<string, Seldom>> = {
  '@date-fns/tz': { file: 'timezones', names: ['TZDate'] },
  '@stdlib/math-base-special-erfc': { file: 'erfc' },
  '@stdlib/math-base-special-erfcinv': { file: 'erfcinv' },
  'src/commands/plain-lines.ts': { file: 'comments', names: ['plainLines'] },
  'src/forge/github/octokit.ts': { file: 'octokit', names: ['openOctokit'] },
  'src/metrics/prometheus.ts': {
    file: 'prometheus',
    names: ['createHttpClient', 'createPrometheus'],
  },
  'src/metrics/replay.ts': { file: 'replay', names: ['createReplay'] },
  'src/judge/counts-judge.ts': { file: 'counts', names: ['judgeCounts'] },
  'src/judge/distribution.ts': {
    file: 'distribution',
    names: ['judgeDistribution', 'planDistribution'],
  },
  'src/judge/trials/judge.ts': { file: 'trials', names: ['describeNeeds', 'judgeTrial'] },
  'src/targets/go-feature-flag.ts': { file: 'go-feature-flag', names: ['goFeatureFlagTarget'] },
  'src/targets/traffic.ts': { file: 'traffic', names: ['trafficTarget'] },
  'src/http/transport.ts': { file: 'transport', names: ['openTransport'] },
  'src/yaml/dump.ts': { file: 'yaml-dump', names: ['dump'] },
};

/** Reads a module from a file of its own when it is first used, not when it is imported. */
export const readWhenUsed: Plugin = {
  name: 'read-when-used',
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ path, kind, resolveDir }) => {
      // It is its own file that is made.
      if (kind === 'entry-point') return undefined;
      const name = path.startsWith('.') ? relative('.', resolve(resolveDir, path)) : path;
      return name in SELDOM_USED ? { path: name, namespace: 'when-used' } : undefined;
    });
    build.onResolve({ filter: /.*/, namespace: 'when-used' }, ({ path }) => ({
      path,
      external: true,
    }));
    build.onLoad({ filter: /.*/, namespace: 'when-used' }, ({ path }) => {
      const { file, names } = SELDOM_USED[path] ?? { file: path };
      const module = `require('./${file}.cjs')`;
      const getters = names?.map((name) => `get ${name}() { return ${module}.${name}; }`);
      return {
        contents: getters
          ? `module.exports = { ${getters.join(', ')} };`
          : `module.exports = (...given) => ${module}(...given);`,
      };
    });
  },
};

/** What a door has read before anything that is imported in the middle of a function. */
const DOORS = { cli: 'src/terminal/run.ts', main: 'src/action/run.ts' } as const;

/**
 * Says of what is imported in the middle of a function that it needs all that its door has read by
 * then. To esbuild it is a beginning of its own, and what it shares with others is cut into as many
 * files as there are ways to share it.
 */
export const readAfterDoor = (door: keyof typeof DOORS): Plugin => ({
  name: 'read-after-door',
  setup(build) {
    build.onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) =>
      kind === 'dynamic-import'
        ? { path: resolve(resolveDir, path), pluginData: 'later' }
        : undefined,
    );
    build.onLoad({ filter: /\.ts$/ }, async ({ path, pluginData }) => {
      if (pluginData !== 'later') return undefined;
      const text = await readFile(path, 'utf8');
      return { contents: `${text}\nimport ${JSON.stringify(resolve(DOORS[door]))};`, loader: 'ts' };
    });
  },
});
