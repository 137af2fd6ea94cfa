// Generates `src/contract/` from `proto/` and from what of google.rpc a refusal carries, with the buf that `proto/` pins.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const buf = fileURLToPath(new URL("../../../proto/node_modules/.bin/buf", import.meta.url));

rmSync(new URL("src/contract", import.meta.url), { recursive: true, force: true });
for (const input of ["../../../proto", "errors"]) {
  execFileSync(buf, ["generate", "--template", "buf.gen.yaml", "--include-imports", input], { cwd: here, stdio: "inherit" });
}
