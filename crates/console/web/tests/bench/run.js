// `npm run bench -- --minutes 30`: measures the desk under the load of a large city. It needs a `kezek` that carries the console, as the tests
// of the pages do.
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "2" }, rate: { type: "string", default: "200" } } });
const { module } = await runnerImport(fileURLToPath(new URL("./bench.ts", import.meta.url)));
process.exitCode = await module.bench({ minutes: Number(values.minutes), rate: Number(values.rate) });
