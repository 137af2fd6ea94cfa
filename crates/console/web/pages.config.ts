// The tests that look at the pages: a real centre and a real browser for each file, two files at a time, because a page mostly waits: for a timer, a
// heartbeat, a person.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    include: ["tests/pages/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000,
    reporters: ["verbose"],
  },
});
