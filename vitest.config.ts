import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** A test that hangs is to end; how busy the machine is says nothing of the code. */
const PATIENCE = { testTimeout: 300_000, hookTimeout: 300_000 };

/** `house` holds the source to its own rules; `unit` is pure and quick; `doors` meets real parts. */
export default defineConfig({
  test: {
    // A test at the doors mostly waits for programs that it runs, one after the other: two files at a
    // time keep two processors busy, where vitest would leave one of them to itself.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      { test: { name: 'house', include: ['test/house/**/*.test.ts'], ...PATIENCE } },
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/house/**', 'test/doors/**'],
          ...PATIENCE,
        },
      },
      {
        test: {
          name: 'doors',
          include: ['test/doors/**/*.test.ts'],
          testTimeout: 400_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
