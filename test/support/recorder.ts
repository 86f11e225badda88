/**
 * Records what the program does in the tests at the doors, so that a rebuild of its inside can be
 * compared with the behaviour before (`scripts/compare-recordings.ts`). It is there only if `RECORD`
 * names a folder: each test then leaves a JSON file in it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Json } from '../../src/model/json.ts';
import type { Logged } from '../github/traffic.ts';
import { type Normaliser, normaliser, sha1 } from './recorder/normaliser.ts';
import { type Observer, observer, type RecordedRepository } from './recorder/repository.ts';
import { requestLines } from './recorder/requests.ts';

export interface Recording {
  readonly file: string;
  readonly test: string;
  /** One for each repository. A test with several may use them at once, so their order is chance. */
  readonly scenes: readonly RecordedScene[];
}

export type RecordedScene = readonly Act[];

/** A run, and what it left behind. */
export interface Act {
  /** Several if they ran at once; then who came first is chance, and they are sorted. */
  readonly runs: readonly RecordedRun[];
  /** What a GitHub server was asked. Not recorded of several runs at once. */
  readonly requests?: readonly string[];
  readonly repository?: RecordedRepository;
}

export interface RecordedRun {
  /** Arguments of the program, or the event and inputs of the Action. */
  readonly command: Json;
  readonly code: number | null;
  /** The JSON it answered; null if it answered none. */
  readonly result: Json;
}

/** A run that begins. */
export interface Beginning {
  /** The GitHub server, or the folder that the program runs in: runs in the same one are a scene. */
  readonly scene: object | string;
  readonly command: Json;
  /** A virtual clock: dates are the same in every run. */
  readonly virtual: boolean;
  /** A repository to look at afterwards. */
  readonly repository: { readonly dir: string; readonly branch: string };
  readonly requests?: () => readonly Logged[];
}

/** How a run ended. Its answer is the text of one JSON value, or something else, or nothing. */
export interface Ending {
  readonly code: number | null;
  readonly answer: string | undefined;
}

export interface Recorder {
  /** Call what it returns when the run has ended, and wait for it before anything else happens. */
  begin(run: Beginning): (ending: Ending) => Promise<void>;
}

/** What is recorded of a scene while its test runs. */
interface Scene {
  readonly normal: Normaliser;
  readonly observer: Observer | undefined;
  readonly acts: Act[];
  /** Runs that have not ended, and those that ended while others had not. */
  running: number;
  ended: RecordedRun[];
  /** Requests from before the runs. */
  earlier: ReadonlySet<Logged>;
}

type Scenes = Map<object | string, Scene>;

async function openRecorder(folder: string): Promise<Recorder> {
  // Only here: outside of vitest this cannot be imported, and programs use the same helpers.
  const { aroundEach } = await import('vitest');
  const tests = new AsyncLocalStorage<Scenes>();
  const names = new Map<string, string>();

  // Tests of a file may run at once, when `expect.getState()` knows only the one that began last.
  aroundEach(async (runTest, { task }) => {
    const scenes: Scenes = new Map();
    await tests.run(scenes, runTest);
    if (scenes.size === 0) return;
    const name = names.get(task.id) ?? unique(task.fullTestName, new Set(names.values()));
    names.set(task.id, name);
    write(folder, {
      file: task.file.name,
      test: name,
      scenes: [...scenes.values()].map(({ acts }) => acts),
    });
  });

  return {
    begin(run) {
      const scenes = tests.getStore();
      if (scenes === undefined) throw new Error('a run outside of a test cannot be recorded');
      const scene = scenes.get(run.scene) ?? openScene(run);
      scenes.set(run.scene, scene);
      if (scene.running === 0) scene.earlier = new Set(run.requests?.());
      scene.running += 1;
      return async ({ code, answer }) => {
        const { normal } = scene;
        const ended = { command: run.command, code, result: parsed(answer) };
        scene.ended.push(ended);
        scene.running -= 1;
        if (scene.running > 0) return;
        const runs = scene.ended;
        scene.ended = [];
        const requests = run.requests?.().filter((request) => !scene.earlier.has(request));
        // First the commits, in the order of history, so that the rest can name them.
        const repository = await scene.observer?.look();
        scene.acts.push({
          runs: sorted(runs.map((each) => normalised(each, normal))),
          ...(requests && runs.length === 1 ? { requests: requestLines(requests, normal) } : {}),
          ...(repository ? { repository } : {}),
        });
      };
    },
  };
}

function openScene({ virtual, repository }: Beginning): Scene {
  const normal = normaliser(virtual ? undefined : Date.now());
  const { dir, branch } = repository;
  // Tests made everything in temporary folders; the program also runs in our own repository.
  const made = realpathSync(dir).startsWith(realpathSync(tmpdir()));
  return {
    normal,
    observer: made ? observer(dir, branch, normal) : undefined,
    acts: [],
    running: 0,
    ended: [],
    earlier: new Set(),
  };
}

function parsed(answer: string | undefined): Json {
  try {
    return JSON.parse(answer ?? 'null');
  } catch {
    return null;
  }
}

const normalised = ({ command, code, result }: RecordedRun, normal: Normaliser): RecordedRun => ({
  command: normal.json(command),
  code,
  result: normal.json(result),
});

function sorted(runs: readonly RecordedRun[]): readonly RecordedRun[] {
  const texts = runs.map((run) => ({ run, text: JSON.stringify(run) }));
  return texts.sort((a, b) => (a.text < b.text ? -1 : 1)).map(({ run }) => run);
}

function unique(name: string, taken: ReadonlySet<string>): string {
  let found = name;
  for (let nth = 2; taken.has(found); nth += 1) found = `${name} (${nth})`;
  return found;
}

function write(folder: string, recording: Recording): void {
  const { file, test } = recording;
  const dir = join(folder, basename(file, '.test.ts'));
  const words = test.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  mkdirSync(dir, { recursive: true });
  writeFileSync(
    join(dir, `${words.slice(0, 60)}-${sha1(test).slice(0, 8)}.json`),
    `${JSON.stringify(recording, null, 1)}\n`,
  );
}

const { RECORD = '', VITEST } = process.env;

/** Undefined unless `RECORD` names a folder. */
export const recorder =
  RECORD === '' || VITEST === undefined ? undefined : await openRecorder(RECORD);
