// Builds the console into `dist/`, which the crate around it embeds; serves it while it is written (`npm run dev`), with the centre at
// KEZEK_ADDRESS behind it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { configDefaults, defineConfig } from "vitest/config";
import { firstPicture } from "./size.ts";

const centre = process.env["KEZEK_ADDRESS"] ?? "http://127.0.0.1:7102";

// Below this a compressed file saves no packet of the network.
const SMALLEST_BYTES = 1024;

// Writes beside each text the same, compressed: the server sends what the browser reads and compresses nothing itself.
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    writeBundle(options, bundle) {
      for (const file of Object.values(bundle)) {
        if (!/\.(?:m?js|css|html|svg|json)$/.test(file.fileName)) continue;
        const content = Buffer.from(file.type === "chunk" ? file.code : file.source);
        if (content.length < SMALLEST_BYTES) continue;
        const brotli = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } });
        const path = join(options.dir ?? "dist", file.fileName);
        for (const [ending, smaller] of [[".br", brotli], [".gz", gzipSync(content, { level: 9 })]] as const) {
          if (smaller.length < content.length) writeFileSync(path + ending, smaller);
        }
      }
    },
  };
}

// Pages and centre speak protobuf's binary form and nothing else, but the library that calls the API could also speak the JSON form, and a tool
// that leaves out what is not used cannot know that: it would be a tenth of the first screen.
function binaryOnly(): Plugin {
  const refused = (...names: readonly string[]): string =>
    names.map((name) => `export function ${name}() { throw new Error("the console speaks no JSON with the centre"); }`).join("\n");
  const without: Readonly<Record<string, string>> = {
    "from-json.js": refused("fromJson", "fromJsonString", "mergeFromJson", "mergeFromJsonString", "enumFromJson", "isEnumJson"),
    "to-json.js": refused("toJson", "toJsonString", "enumToJson"),
  };
  return {
    name: "binary-only",
    apply: "build",
    enforce: "pre",
    load: (id) => without[/@bufbuild\/protobuf\/dist\/esm\/((?:from|to)-json\.js)$/.exec(id)?.[1] ?? ""],
  };
}

export default defineConfig({
  plugins: [binaryOnly(), compressed(), firstPicture()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: { target: "es2023", modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  worker: { format: "es", plugins: () => [binaryOnly()] },
  server: { proxy: { "^/kezek\\.": { target: centre }, "/console.json": { target: centre }, "/basemap.pmtiles": { target: centre } } },
  // the pages are tried in a browser, by a configuration of their own
  test: { exclude: [...configDefaults.exclude, "tests/pages/**", "tests/pictures/**"] },
});
