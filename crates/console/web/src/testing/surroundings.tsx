// Surroundings for unit tests: a page's context with a picture that the test fills and services that the test answers for.
import { create } from "@bufbuild/protobuf";
import { createRouterTransport, type ConnectRouter } from "@connectrpc/connect";
import { signal } from "@preact/signals";
import { render, type ComponentChildren } from "preact";
import { act } from "preact/test-utils";
import { calls } from "../api/api";
import { Centre } from "../api/centre";
import { DirectorySchema } from "../contract/kezek/directory/v1/directory_pb";
import { ConsoleProvider, type Console } from "../context";
import type { LinkState } from "../link/state";
import { Picture } from "../picture/picture";
import { Places } from "../places/places";
import type { Role } from "../session/session";

/** When it is, in every test. */
export const NOW = Date.UTC(2026, 10, 26, 8, 3, 22);

/** A directory with one station, two units and one type, in Bishkek's time zone. */
export function directory(): Places {
  return new Places(create(DirectorySchema, {
    centreId: "bishkek", timeZone: "Asia/Bishkek",
    stations: [{ stationId: "leninsky", title: { byLanguage: { en: "Leninsky", ru: "Ленинский отдел" } } }],
    unitKinds: [{ unitKindId: "patrol", title: { byLanguage: { en: "Patrol", ru: "Патруль" } } }],
    units: [{ unitId: "u21", callsign: "21", unitKindId: "patrol", stationId: "leninsky" }, { unitId: "u22", callsign: "22", unitKindId: "patrol", stationId: "leninsky" }],
    incidentTypes: [{ incidentTypeId: "fight", title: { byLanguage: { en: "Fight", ru: "Драка" } }, priority: 2 }],
  }));
}

/** What a test moves. */
export interface Stage {
  readonly console: Console;
  readonly picture: Picture;
  readonly state: { value: LinkState };
  readonly now: { value: number };
}

/** A page's context whose services are those of the routes. */
export function stage(routes: (router: ConnectRouter) => void, role: Role = "operator"): Stage {
  const transport = createRouterTransport(routes);
  const [picture, state, now] = [new Picture(), signal<LinkState>({ at: "live" }), signal(NOW)];
  const console: Console = {
    session: { token: "t", name: "aigul", role, centre: "bishkek", desk: "3", endsAt: NOW + 3_600_000 },
    ...calls(async () => new Centre(transport, transport)), places: signal(directory()), now,
    link: { picture, state, trueAt: signal(NOW), now: () => now.value, close: () => undefined, renew: () => undefined },
  };
  return { console, picture, state, now };
}

let shown: HTMLElement | undefined;

/** Renders into the document's body what stands on a stage, in the place of what the test before showed. */
export async function show(on: Stage, what: ComponentChildren): Promise<HTMLElement> {
  const before = shown;
  if (before !== undefined) await act(() => render(null, before));
  document.body.replaceChildren();
  const root = document.createElement("div");
  document.body.append(root);
  shown = root;
  await act(() => render(<ConsoleProvider value={on.console}>{what}</ConsoleProvider>, root));
  return root;
}

/** Lets everything that waits happen. */
export async function settled(milliseconds = 0): Promise<void> {
  await act(async () => { await new Promise((next) => setTimeout(next, milliseconds)); });
}

/** Presses a key on an element. */
export async function press(on: Element, code: string): Promise<void> {
  await act(() => { on.dispatchEvent(new KeyboardEvent("keydown", { code, key: code, bubbles: true, cancelable: true })); });
}

/** Types into an input. */
export async function write(into: HTMLInputElement, text: string): Promise<void> {
  await act(() => {
    into.value = text;
    into.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

/** Waits until something is there: parts that come after the first picture come in their own time. */
export async function appears(on: HTMLElement, selector: string): Promise<HTMLElement> {
  for (let looks = 0; looks < 500; looks += 1) {
    const found = on.querySelector<HTMLElement>(selector);
    if (found !== null) return found;
    await settled(10);
  }
  throw new Error(`${selector} never came`);
}
