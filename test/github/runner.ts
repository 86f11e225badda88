import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { recorder } from '../support/recorder.ts';
import type { Trigger } from './events.ts';
import { node24 } from './node24.ts';
import { type Checkout, checkOut } from './runner/checkout.ts';
import { parseCommandFile } from './runner/command-file.ts';
import { inputDefaults, inputVariables } from './runner/inputs.ts';
import { type Annotation, readLog } from './runner/log.ts';
import type { GitHub } from './server.ts';

export interface Run extends Trigger {
  readonly token: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** What is in the workspace; `merge` (what the event itself asks for) unless given. */
  readonly checkout?: Checkout;
  /** After the checkout, before the action: for a workspace with something else in it. */
  readonly prepare?: (workspace: string) => Promise<void>;
  readonly nodePath?: string;
  /** The bundle; `dist/main.js` unless given. */
  readonly main?: string;
  readonly timeoutMs?: number;
  /** Its waits between attempts take their time; otherwise they pass at once. */
  readonly waits?: boolean;
  /** Take the addresses of GitHub Enterprise. */
  readonly enterprise?: boolean;
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What people see of standard output: masked, and without the commands that mask. */
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly annotations: readonly Annotation[];
  readonly masks: readonly string[];
  readonly durationMs: number;
}

const ROOT = join(import.meta.dirname, '../..');
const NO_WAITING = pathToFileURL(join(import.meta.dirname, 'runner/no-waiting.mjs')).href;
let lastRun = 1000;

/** Runs the built action once, as GitHub's runner would for that event. */
export async function runAction(github: GitHub, run: Run): Promise<Ran> {
  const { token, checkout = 'merge', timeoutMs = 300_000 } = run;
  const main = resolve(ROOT, run.main ?? 'dist/main.js');
  const folder = await mkdtemp(join(tmpdir(), 'runner-'));
  const workspace = join(folder, 'work', run.repository.stored.name, run.repository.stored.name);
  try {
    const files = await commandFiles(folder, run);
    await checkOut(github, run, checkout, token, workspace);
    await run.prepare?.(workspace);
    const defaults = await inputDefaults(join(dirname(dirname(main)), 'action.yml'), token);
    const waiting = run.waits === true ? {} : { NODE_OPTIONS: `--import=${NO_WAITING}` };
    const end = recorder?.begin({
      scene: github,
      command: { event: run.event, ref: run.ref, inputs: run.inputs ?? {} },
      virtual: false,
      repository: { dir: run.repository.stored.git.dir, branch: run.repository.defaultBranch },
      requests: () => github.requests,
    });
    const started = performance.now();
    const ended = await execute(run.nodePath ?? (await node24()), main, workspace, timeoutMs, {
      ...waiting,
      ...variables(github, run, folder, workspace, main),
      ...files,
      ...inputVariables({ ...defaults, ...run.inputs }),
      ...run.env,
    });
    const durationMs = performance.now() - started;
    const { annotations, masks, text } = readLog(ended.stdout, [token]);
    const read = (file: string) => readFile(file, 'utf8');
    const outputs = parseCommandFile(await read(files.GITHUB_OUTPUT));
    await end?.({ code: ended.code, answer: outputs.result });
    return {
      ...ended,
      log: text,
      annotations,
      masks,
      durationMs,
      outputs,
      state: parseCommandFile(await read(files.GITHUB_STATE)),
      summary: await read(files.GITHUB_STEP_SUMMARY),
    };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The event, and the empty files an action writes into. */
async function commandFiles(folder: string, { payload }: Run) {
  const files = {
    GITHUB_EVENT_PATH: join(folder, 'event.json'),
    GITHUB_OUTPUT: join(folder, 'output'),
    GITHUB_STATE: join(folder, 'state'),
    GITHUB_STEP_SUMMARY: join(folder, 'summary'),
    GITHUB_ENV: join(folder, 'env'),
    GITHUB_PATH: join(folder, 'path'),
  };
  await Promise.all(Object.values(files).map((file) => writeFile(file, '')));
  await writeFile(files.GITHUB_EVENT_PATH, JSON.stringify(payload, null, 2));
  await mkdir(join(folder, 'temp'));
  return files;
}

function variables(
  github: GitHub,
  run: Run,
  folder: string,
  workspace: string,
  main: string,
): NodeJS.ProcessEnv {
  const { repository, sha, ref, actor, event, pull } = run;
  const { apiUrl, graphqlUrl } = run.enterprise === true ? github.enterprise : github;
  lastRun += 1;
  return {
    PATH: process.env.PATH,
    HOME: folder,
    TZ: 'UTC',
    CI: 'true',
    GITHUB_ACTION: 'sluice',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION_PATH: dirname(dirname(main)),
    GITHUB_ACTOR: actor,
    GITHUB_ACTOR_ID: String(repository.stored.world.account(actor).id),
    GITHUB_API_URL: apiUrl,
    GITHUB_BASE_REF: pull?.base ?? '',
    GITHUB_EVENT_NAME: event,
    GITHUB_GRAPHQL_URL: graphqlUrl,
    GITHUB_HEAD_REF: pull?.head ?? '',
    GITHUB_JOB: 'sluice',
    GITHUB_REF: ref,
    GITHUB_REF_NAME: ref.replace(/^refs\/(heads|tags|pull)\//, ''),
    GITHUB_REF_PROTECTED: 'false',
    GITHUB_REF_TYPE: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    GITHUB_REPOSITORY: repository.name,
    GITHUB_REPOSITORY_ID: String(repository.stored.id),
    GITHUB_REPOSITORY_OWNER: repository.stored.owner.login,
    GITHUB_RETENTION_DAYS: '90',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: String(lastRun),
    GITHUB_RUN_NUMBER: String(lastRun),
    GITHUB_SERVER_URL: github.url,
    GITHUB_SHA: sha,
    GITHUB_TRIGGERING_ACTOR: actor,
    GITHUB_WORKFLOW: 'Sluice',
    GITHUB_WORKFLOW_REF: `${repository.name}/.github/workflows/sluice.yml@${ref}`,
    GITHUB_WORKSPACE: workspace,
    RUNNER_ARCH: 'X64',
    RUNNER_ENVIRONMENT: 'github-hosted',
    RUNNER_NAME: 'test',
    RUNNER_OS: 'Linux',
    RUNNER_TEMP: join(folder, 'temp'),
    RUNNER_TOOL_CACHE: join(folder, 'tools'),
  };
}

function execute(
  node: string,
  main: string,
  cwd: string,
  timeoutMs: number,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  return new Promise((settle, reject) => {
    const child = spawn(node, [main], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      const stdout = Buffer.concat(out).toString();
      const stderr = Buffer.concat(err).toString();
      if (late) reject(new Error(`still running after ${timeoutMs} ms\n${stdout}\n${stderr}`));
      else settle({ code, stdout, stderr });
    });
  });
}
