import { execFile } from 'node:child_process';
import { access, mkdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

const NAME = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const FOLDER = join(import.meta.dirname, '../../build/node24');
const BINARY = join(FOLDER, 'node_modules', NAME, 'bin/node');
const LOCK = `${FOLDER}.lock`;

/** A lock this old was left by a run that died. */
const STALE_AFTER = 5 * 60_000;

let known: Promise<string> | undefined;

/** A Node 24, which actions run on: this one, or npm's package of it, kept in `build/`. */
export function node24(): Promise<string> {
  known ??= process.versions.node.startsWith('24.') ? Promise.resolve(process.execPath) : find();
  return known;
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

async function find(): Promise<string> {
  while (!(await exists(BINARY))) {
    if (await locked()) {
      try {
        await install();
      } finally {
        await rmdir(LOCK);
      }
    } else await sleep(200);
  }
  return BINARY;
}

/** Whether it is for us to install: test files run in processes of their own. */
async function locked(): Promise<boolean> {
  await mkdir(dirname(LOCK), { recursive: true });
  const made = await mkdir(LOCK).then(
    () => true,
    () => false,
  );
  if (made) return true;
  const age = await stat(LOCK).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  if (age > STALE_AFTER) await rmdir(LOCK).catch(() => undefined);
  return false;
}

async function install(): Promise<void> {
  if (await exists(BINARY)) return;
  const fresh = `${FOLDER}.${process.pid}`;
  await mkdir(fresh, { recursive: true });
  await execute('npm', [
    'install',
    '--prefix',
    fresh,
    '--no-save',
    '--no-package-lock',
    '--no-audit',
    '--no-fund',
    `${NAME}@24`,
  ]);
  // Moved into place whole: nobody meets half an installation.
  await rm(FOLDER, { recursive: true, force: true });
  await rename(fresh, FOLDER);
}
