// The palette as it is read: every text on every ground it stands on, every edge that tells shapes apart, by day and by night.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FONT } from "../map/stamps";

const css = readFileSync(new URL("./look.css", import.meta.url), "utf8");

function block(selector: string): Record<string, string> {
  const from = css.indexOf(`${selector} {`);
  const body = css.slice(from, css.indexOf("}", from));
  return Object.fromEntries([...body.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name ?? "", (value ?? "").trim()]));
}

const day = block(":root");
const THEMES: Record<string, Record<string, string>> = { day, night: { ...day, ...block('[data-theme="night"]') } };

function colour(theme: Record<string, string>, name: string): string {
  const value = theme[name] ?? "";
  const referred = /^var\((--[\w-]+)\)$/.exec(value);
  return referred === null ? value : colour(theme, referred[1] ?? "");
}

function luminance(hex: string): number {
  expect(hex).toMatch(/^#[0-9a-f]{6}$/i);
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(theme: Record<string, string>, one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(colour(theme, one)), luminance(colour(theme, other))].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(Object.entries(THEMES))("by %s", (_, theme) => {
  it.each([
    ["--text", "--ground"], ["--text", "--panel"], ["--text", "--selected"], ["--muted", "--ground"], ["--muted", "--panel"], ["--ground", "--text"],
    ["--p1-text", "--p1"], ["--p2-text", "--p2"], ["--p3-text", "--p3"], ["--p4-text", "--p4"], ["--p5-text", "--ground"], ["--stale-text", "--stale"],
  ])("%s on %s can be read", (text, ground) => {
    expect(contrast(theme, text, ground)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["--p1-edge", "--p2-edge", "--p3-edge", "--p4-edge", "--p5-edge", "--focus"].flatMap((edge) => [[edge, "--ground"], [edge, "--panel"]] as const))("%s stands out from %s", (edge, ground) => {
    expect(contrast(theme, edge, ground)).toBeGreaterThanOrEqual(3);
  });

  it("an input is known from its panel", () => {
    expect(contrast(theme, "--muted", "--panel")).toBeGreaterThanOrEqual(3);
  });
});

it("a drawing writes in the font of the pages", () => {
  expect(FONT).toBe(day["--font"]);
});

it("no sign is one that only a font of signs has: it would be an empty box on most machines", () => {
  const folder = new URL("..", import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name) && !name.startsWith("contract"));
  // technical signs, and the further arrows and signs of mathematics
  const rare = files.filter((name) => /[\u2300-\u23ff\u27c0-\u2bff]/u.test(readFileSync(new URL(name, folder), "utf8")));
  expect(rare).toEqual([]);
});
