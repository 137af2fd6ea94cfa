// Generates `src/contract/` from `proto/` and from what of google.rpc a refusal carries, with the buf that `proto/` pins.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const contract = fileURLToPath(new URL("src/contract", import.meta.url));
const buf = fileURLToPath(new URL("../../../proto/node_modules/.bin/buf", import.meta.url));

/** An enum as it is generated, with the comment above it. */
const ENUM = /\/\*\*\n(?: \*.*\n)+export enum (\w+) \{\n[^]*?\n\}\n/g;

// A screen reads the enums of records from its first picture on, while what encodes and decodes messages comes with the first command. A module
// comes as a whole, so the enums get one of their own; whoever imports from the generated file finds them there as before.
function moveEnums(path) {
  const generated = readFileSync(path, "utf8");
  const enums = [...generated.matchAll(ENUM)];
  if (enums.length === 0) return;
  const name = path.replace(/^.*\/(\w+)_pb\.ts$/, "$1_enums");
  writeFileSync(path.replace(/\w+\.ts$/, `${name}.ts`), enums.map(([text]) => text).join("\n"));
  const names = enums.map(([, enumName]) => enumName).join(", ");
  writeFileSync(path, `${generated.replace(ENUM, "")}\nimport type { ${names} } from "./${name}";\nexport * from "./${name}";\n`);
}

rmSync(contract, { recursive: true, force: true });
for (const input of ["../../../proto", "errors"]) {
  execFileSync(buf, ["generate", "--template", "buf.gen.yaml", "--include-imports", input], { cwd: here, stdio: "inherit" });
}
for (const file of readdirSync(contract, { recursive: true })) if (file.endsWith("_pb.ts")) moveEnums(join(contract, file));
