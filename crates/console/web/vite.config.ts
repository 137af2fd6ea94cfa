// Builds the console into `dist/`, which the crate around it embeds; serves it while it is written (`npm run dev`), with the centre at
// KEZEK_ADDRESS behind it.
import { defineConfig } from "vite";

const centre = process.env["KEZEK_ADDRESS"] ?? "http://127.0.0.1:7102";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: { target: "es2023", modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  worker: { format: "es" },
  server: { proxy: { "^/kezek\\.": { target: centre }, "/console.json": { target: centre } } },
});
