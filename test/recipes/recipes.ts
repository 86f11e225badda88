/** The recipes of CONTRIBUTING.md, as whoever follows them edits the source. */

/** A file that is new, or lines that go before others in one that is there. */
export type Step =
  | { readonly file: string; readonly copy: string }
  | { readonly file: string; readonly before: string; readonly put: string };

export interface Recipe {
  readonly name: string;
  /** What begins it: its own file, and its words in the two files that a user writes. */
  readonly begins: readonly Step[];
  /** The lines that are left, each with the file that the compiler names without it. */
  readonly asked: readonly { readonly lines: readonly Step[]; readonly names: string }[];
}

const before = (file: string, place: string, put: string): Step => ({ file, before: place, put });
const copy = (file: string, of: string): Step => ({ file, copy: of });

const PROVIDER: Recipe = {
  name: 'a provider',
  begins: [
    copy('src/providers/static/static.ts', 'static'),
    before(
      'src/generated/files.ts',
      'export interface PrometheusFile {',
      "export interface StaticFile {\n  type: 'static';\n  value: number;\n}\n",
    ),
    before('src/generated/files.ts', 'PrometheusFile;\n', 'StaticFile | '),
    before(
      'src/model/config.ts',
      "  | { readonly type: 'replay';",
      "  | { readonly type: 'static'; readonly value: number }\n",
    ),
  ],
  asked: [
    {
      names: 'src/files/config/providers.ts',
      lines: [
        before(
          'src/files/config/providers.ts',
          '  replay: {\n    read',
          "  static: {\n    read: ({ value }) => ({ type: 'static', value }),\n    server: () => undefined,\n    language: 'names',\n    metrics: () => ({}),\n  },\n",
        ),
      ],
    },
    {
      names: 'src/providers/index.ts',
      lines: [
        before(
          'src/providers/index.ts',
          'import { withPatience }',
          "import { createStatic } from './static/static.ts';\n",
        ),
        before(
          'src/providers/index.ts',
          '  replay: {\n    secretsOf',
          '  static: {\n    secretsOf: () => [],\n    open: async (name, { value }) => createStatic(name, value),\n  },\n',
        ),
      ],
    },
  ],
};

const TARGET: Recipe = {
  name: 'a target',
  begins: [
    copy('src/targets/env-file/env-file.ts', 'env-file'),
    before('src/generated/files.ts', "'json' | 'flagd' | 'go-feature-flag'", "'env-file' | "),
    before(
      'src/model/config.ts',
      '  readonly nginx: NginxFile;',
      "  readonly 'env-file': FlagFile;\n",
    ),
  ],
  asked: [
    {
      names: 'src/files/config/targets.ts',
      lines: [
        before(
          'src/files/config/flag-files.ts',
          'export const JSON_FILE',
          "export const ENV_FILE: TargetReader<'env-file'> = {\n  keys: {},\n  oneEnvironment: true,\n  sharesFile: false,\n  read: (lines) => ({ type: 'env-file', ...flagFile(lines) }),\n};\n\n",
        ),
        before('src/files/config/targets.ts', 'FLAGD_FILE, GO', 'ENV_FILE, '),
        before('src/files/config/targets.ts', '  nginx: NGINX_FILE,', "  'env-file': ENV_FILE,\n"),
      ],
    },
    {
      names: 'src/targets/index.ts',
      lines: [
        before(
          'src/targets/index.ts',
          'import { sharedFile }',
          "import { ENV_FILE } from './env-file/env-file.ts';\n",
        ),
        before('src/targets/index.ts', '  nginx: NGINX,', "  'env-file': ENV_FILE,\n"),
      ],
    },
  ],
};

const RULE: Recipe = {
  name: 'a review rule',
  begins: [copy('src/review/rules/no-description.ts', 'no-description')],
  asked: [
    {
      names: 'src/review/rules.ts',
      lines: [
        before(
          'src/generated/files.ts',
          "'no-checks'",
          "'no-description'?: 'off' | 'warning' | 'error';\n  ",
        ),
      ],
    },
    {
      names: 'src/review/rules.ts',
      lines: [
        before(
          'src/review/rules.ts',
          'import { noRollbackCheck }',
          "import { noDescription } from './rules/no-description.ts';\n",
        ),
        before(
          'src/review/rules.ts',
          "  'no-rollback-check': ",
          "  'no-description': noDescription,\n",
        ),
      ],
    },
  ],
};

const CHANNEL: Recipe = {
  name: 'a channel',
  begins: [
    copy('src/notify/webhook/webhook.ts', 'webhook'),
    before(
      'src/model/config.ts',
      'export type ChannelConfig = never;',
      "export type ChannelConfig = { readonly type: 'webhook'; readonly variable: string };\n// ",
    ),
  ],
  asked: [
    {
      names: 'src/files/config/channels.ts',
      lines: [
        before(
          'src/files/config/channels.ts',
          '} = {};',
          "} = { webhook: ({ webhook = '' }) => ({ type: 'webhook', variable: webhook }) };\n// ",
        ),
      ],
    },
    {
      names: 'src/notify/index.ts',
      lines: [
        before(
          'src/notify/index.ts',
          'import type { ChannelDependencies',
          "import { webhook } from './webhook/webhook.ts';\n",
        ),
        before(
          'src/notify/index.ts',
          'const CHANNELS: ChannelTypes = {};',
          'const CHANNELS: ChannelTypes = { webhook };\n// ',
        ),
      ],
    },
  ],
};

export const RECIPES: readonly Recipe[] = [PROVIDER, TARGET, RULE, CHANNEL];
