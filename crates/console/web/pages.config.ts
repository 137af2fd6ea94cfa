// The tests that look at the pages: a real centre, a real browser, one after the other, because each has a machine's whole attention: two at a time
// took half the minutes, and now and then a key or a click was not seen.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    include: ["tests/pages/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    reporters: ["verbose"],
  },
});
