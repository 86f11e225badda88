import { execFile } from 'node:child_process';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A program of Debian's, and how to ask it whether it is there. */
export type Command = readonly [program: string, ...args: readonly string[]];

/** Makes sure that the programs of a package are there: installs it where it may, else says what to do. */
export async function ensurePackage(name: string, ...commands: readonly Command[]): Promise<void> {
  const installed = async (): Promise<boolean> =>
    (await Promise.all(commands.map(([program, ...args]) => runs(program, args)))).every(Boolean);
  if (await installed()) return;
  const mayInstall = process.getuid?.() === 0 && (await runs('apt-get', ['--version']));
  if (!mayInstall) {
    const who = process.env.CI ? 'This CI image lacks' : 'The tests need';
    throw new Error(`${who} Debian's package ${name}: run sudo apt-get install ${name}`);
  }
  await withInstallLock(async () => {
    if (await installed()) return; // another test file was quicker
    await install(name);
    if (!(await installed())) throw new Error(`apt-get installed ${name}, but it does not run`);
  });
}

async function runs(command: string, args: readonly string[]): Promise<boolean> {
  return run(command, [...args]).then(
    () => true,
    () => false,
  );
}

const POLICY = '/usr/sbin/policy-rc.d';

async function install(name: string): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Debian asks this script before it starts a service; 101 forbids it. Whoever has one keeps it.
  const ours = await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { flag: 'wx', mode: 0o755 }).then(
    () => true,
    () => false,
  );
  try {
    // A list that is out of date, or another apt-get at work on it, may still let the install pass.
    await runs('apt-get', ['update']);
    await run(
      'apt-get',
      ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=240', name],
      { env, maxBuffer: 64 * 1024 * 1024 },
    );
  } catch (error) {
    throw new Error(`apt-get could not install ${name}; install it by hand`, { cause: error });
  } finally {
    if (ours) await rm(POLICY, { force: true });
  }
}

/** One test file installs, the others wait; a lock whose owner is gone is taken over. */
async function withInstallLock(work: () => Promise<void>): Promise<void> {
  const lock = join(tmpdir(), 'sluice-install-packages.lock');
  for (const deadline = Date.now() + 280_000; ; await sleep(250)) {
    try {
      await writeFile(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch {
      if (await abandoned(lock)) await rm(lock, { force: true });
      if (Date.now() > deadline) throw new Error(`still waiting for ${lock}; remove it if stale`);
    }
  }
  try {
    await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function abandoned(lock: string): Promise<boolean> {
  try {
    // Just made, its owner may not have written its number yet.
    if (Date.now() - (await stat(lock)).mtimeMs < 2000) return false;
    const owner = Number(await readFile(lock, 'utf8'));
    if (!Number.isInteger(owner) || owner <= 0) return true;
    process.kill(owner, 0);
    return false;
  } catch (error) {
    // ESRCH: no such process. Anything else (gone meanwhile, not ours to signal) is no stale lock.
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
