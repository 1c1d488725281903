import { defineConfig } from 'vitest/config';

// One worker: these tests take milliseconds, and starting several on a busy machine runs into Vitest's own time limit.
export default defineConfig({
  test: { include: ['src/**/*_test.ts'], environment: 'node', pool: 'threads', maxWorkers: 1, fileParallelism: false },
});
