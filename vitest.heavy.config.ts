import { defineConfig } from 'vitest/config';

/** Inputs that once took minutes, a whole review, tick and kill beside each: on demand, for they take long. */
export default defineConfig({
  test: { include: ['test/heavy/**/*.test.ts'], testTimeout: 600_000, hookTimeout: 300_000 },
});
