// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { signal } from "@preact/signals";
import { act } from "preact/test-utils";
import { beforeAll, expect, test } from "vitest";
import { AddNoteResponseSchema, IncidentService } from "../contract/kezek/dispatch/v1/incident_service_pb";
import { press, settled, show, stage, write } from "../testing/surroundings";
import { speak } from "../words/words";
import { BoardProvider } from "./around";
import { Exceptions } from "./exceptions_panel";
import { incident } from "./samples";

const notes: string[] = [];
/** Whether the centre answers. */
let answers = true;

const on = stage(({ service }) => service(IncidentService, {
  addNote: ({ incidentId }) => {
    if (!answers) throw new ConnectError("no answer", Code.Unavailable);
    notes.push(incidentId);
    return create(AddNoteResponseSchema);
  },
}), "supervisor");

beforeAll(async () => { await speak("en"); });

test("a take-over that is not answered stays about its own matter, whatever is chosen and pressed meanwhile", async () => {
  const lacking = { needs: [{ unitKindId: "patrol", units: 1, shortfall: true, unitsMissing: 1 }] };
  for (const id of ["a", "b"]) on.picture.incidents.set(id, incident(id, lacking));
  const board = { past: undefined, acts: true, moved: signal(0), open: () => undefined, list: () => undefined };
  const page = await show(on, <BoardProvider value={board}><Exceptions /></BoardProvider>);
  const row = (spoken: string) => [...page.querySelectorAll<HTMLElement>("button.exception")].find(({ textContent }) => textContent.includes(`№ ${spoken}`));
  const choose = (spoken: string) => act(() => {
    row(spoken)?.focus();
    row(spoken)?.click();
  });
  const form = () => page.querySelector("form");
  const send = async (): Promise<void> => {
    await act(() => { form()?.requestSubmit(); });
    await settled(20);
  };
  const begin = async (spoken: string): Promise<void> => {
    await choose(spoken);
    await press(document.body, "KeyT");
    const field = form()?.querySelector("input");
    if (field == null) throw new Error("a reason is asked for");
    await write(field, `the reason of ${spoken}`);
  };

  answers = false;
  await begin("A");
  await send();
  await choose("B");
  await press(document.body, "KeyT");
  expect(form()?.querySelector("p")?.textContent).toContain("№ A");
  answers = true;
  await send();
  expect([notes, form()]).toEqual([["a"], null]);

  await begin("B");
  await send();
  expect([notes, form()]).toEqual([["a", "b"], null]);
});
