// Takes the README's pictures: the three screens of a centre that lives.
import { defineConfig } from "vitest/config";
import pages from "./pages.config";

export default defineConfig({ test: { ...pages.test, include: ["tests/pictures/**/*.test.ts"], testTimeout: 300_000 } });
