import { defineConfig } from 'vitest/config';

/** `house` holds the source to its own rules; `unit` is pure and quick; `doors` meets real parts. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'house', include: ['test/house/**/*.test.ts'] } },
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/house/**', 'test/doors/**'],
        },
      },
      {
        test: {
          name: 'doors',
          include: ['test/doors/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
