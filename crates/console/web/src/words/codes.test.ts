// Every code that a person can see has a sentence in every language. The runbook is the list: each of its pages is a code.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LANGUAGES } from "./languages";

const REPOSITORY = new URL("../../../../../", import.meta.url);
const FOLDERS: Readonly<Record<keyof typeof LANGUAGES, string>> = { ky: "ky", ru: "ru", uz: "uz", "uz-Cyrl": "uz-cyrl", en: "en" };

const pages = readdirSync(new URL("deploy/runbook/", REPOSITORY)).filter((name) => name.endsWith(".md") && name !== "README.md").map((name) => name.slice(0, -3));
const alarms = [...readFileSync(new URL("crates/domain/src/alarm.rs", REPOSITORY), "utf8").matchAll(/Self::\w+ => "([A-Z_]+)"/g)].map(([, code]) => code ?? "");

async function tables(folder: string): Promise<{ refusals: Record<string, string>; alarmCodes: Record<string, string> }> {
  const [{ refusals }, { alarmCodes }] = await Promise.all([import(`./${folder}/refusals.ts`), import(`./${folder}/alarm_codes.ts`)]);
  return { refusals, alarmCodes };
}

describe.each(Object.entries(FOLDERS))("in %s", (language, folder) => {
  it("every page of the runbook has a sentence, and every sentence a page", async () => {
    const { refusals, alarmCodes } = await tables(folder);
    expect(pages.length).toBeGreaterThan(100);
    expect(pages.filter((code) => !(code in refusals) && !(code in alarmCodes))).toEqual([]);
    expect(Object.keys({ ...refusals, ...alarmCodes }).filter((code) => !pages.includes(code))).toEqual([]);
  });

  it("every alarm of the centre has one, and nothing else does", async () => {
    const { alarmCodes } = await tables(folder);
    expect(alarms.length).toBeGreaterThan(20);
    expect(Object.keys(alarmCodes).sort()).toEqual([...alarms].sort());
  });

  it("a sentence is a sentence in that language", async () => {
    const { refusals, alarmCodes } = await tables(folder);
    const english = await tables("en");
    for (const [code, said] of Object.entries({ ...refusals, ...alarmCodes })) {
      expect(said.length, code).toBeGreaterThan(8);
      expect(said, code).toBe(said.trim());
      if (language !== "en") expect(said, code).not.toBe(english.refusals[code] ?? english.alarmCodes[code]);
      if (language === "ru" || language === "ky" || language === "uz-Cyrl") expect(said, code).toMatch(/[а-яёөүңқғҳў]/);
    }
  });
});
