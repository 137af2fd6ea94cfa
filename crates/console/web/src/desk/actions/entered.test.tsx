// @vitest-environment happy-dom
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { signal, type Signal } from "@preact/signals";
import { act } from "preact/test-utils";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { AddNoteResponseSchema, ChangeLocationResponseSchema, IncidentService, type ChangeLocationRequest } from "../../contract/kezek/dispatch/v1/incident_service_pb";
import { IncidentSchema } from "../../contract/kezek/record/v1/incident_pb";
import { Step } from "../../contract/kezek/record/v1/milestone_pb";
import { RunSchema } from "../../contract/kezek/record/v1/run_pb";
import { Typed } from "../../look/typed";
import { NOW, press, settled, show, stage, write } from "../../testing/surroundings";
import { speak } from "../../words/words";
import { LocationMethod, type LocationSchema } from "../../contract/kezek/record/v1/location_pb";
import { Cards } from "../cards";
import type { Whole } from "../history";
import { DeskProvider, deskState, type Action, type DeskState } from "../state";
import { ActionForms } from "./action_forms";
import { dots, Entered, nameOf } from "./entered";

beforeAll(async () => { await speak("en"); });
beforeEach(() => { localStorage.clear(); });

const places: ChangeLocationRequest[] = [];
const on = stage(({ service }) => service(IncidentService, {
  addNote: () => create(AddNoteResponseSchema),
  changeLocation: (request) => {
    places.push(request);
    return create(ChangeLocationResponseSchema);
  },
}));
const typed = new Typed(on.console.session);

/** An incident at a place, which may be only an address, with its runs. */
function wholeOf(incidentId: string, place: string | MessageInitShape<typeof LocationSchema>, runs: Whole["runs"] = [], version = 1n): Whole {
  const location = typeof place === "string" ? { address: place } : place;
  return { incident: create(IncidentSchema, { incidentId, version, location, state: { state: { case: "open", value: {} } } }), calls: [], assignments: [], runs, notes: [] };
}

interface Begun {
  readonly desk: DeskState;
  readonly page: HTMLElement;
  readonly field: HTMLInputElement;
  /** What is known of the incident, which a test moves. */
  readonly whole: Signal<Whole>;
}

/** A desk where an action about an incident has begun. */
async function begun(action: Action, incidentId = "i", place: Parameters<typeof wholeOf>[1] = "", runs: Whole["runs"] = []): Promise<Begun> {
  const desk = deskState(new Cards(on.console.session, () => NOW));
  desk.begin(action);
  const whole = signal(wholeOf(incidentId, place, runs));
  const Forms = () => <ActionForms whole={whole.value} />;
  const page = await show(on, <DeskProvider value={desk}><Forms /></DeskProvider>);
  const field = page.querySelector("input");
  if (field === null) throw new Error("the form has no field");
  return { desk, page, field, whole };
}

const submit = (field: HTMLInputElement) => act(() => { field.form?.requestSubmit(); });
const said = (page: HTMLElement): string => page.querySelector("form.action [role=alert]")?.textContent ?? "";

test("what was entered is there again for its incident and its action, and for no other", async () => {
  const { desk, field } = await begun({ what: "note" });
  await write(field, "у него нож");
  await press(field, "Escape");
  expect(desk.action.value).toBeUndefined();
  expect((await begun({ what: "hold" })).field.value).toBe("30");
  expect((await begun({ what: "note" }, "other")).field.value).toBe("");
  expect((await begun({ what: "note" })).field.value).toBe("у него нож");
  expect(typed.unsent).toBe(true);
});

test("it is gone once it was sent, or taken out again", async () => {
  const { desk, field } = await begun({ what: "note" });
  await write(field, "у него нож");
  await submit(field);
  await settled(20);
  expect([desk.action.value, typed.unsent]).toEqual([undefined, false]);

  const again = await begun({ what: "note" });
  expect(again.field.value).toBe("");
  await write(again.field, "у");
  await write(again.field, "");
  expect(typed.names).toEqual([]);
});

test("a number that stands in the first field is typed over, and words are gone on with", async () => {
  const { field: minutes } = await begun({ what: "hold" });
  expect([minutes.selectionStart, minutes.selectionEnd]).toEqual([0, 2]);
  const { field: address } = await begun({ what: "location" }, "i", "Chuy 1");
  expect(address.selectionStart).toBe(address.selectionEnd);
});

test("what is no words is not kept: minutes, a number of units, units that go", async () => {
  const { field } = await begun({ what: "hold" });
  await write(field, "60");
  expect(typed.names).toEqual([]);
});

test("what was entered upon a place that is another by now is there, says so, and is sent only once it was said that it stands", async () => {
  const { field } = await begun({ what: "location" }, "i", "Chuy 1");
  expect(field.value).toBe("Chuy 1");
  await write(field, "Chuy 155");
  const again = await begun({ what: "location" }, "i", "Chuy 1");
  expect([again.field.value, said(again.page)]).toEqual(["Chuy 155", ""]);

  const moved = await begun({ what: "location" }, "i", "Manas 5");
  expect([moved.field.value, said(moved.page)]).toEqual(["Chuy 155", expect.stringContaining("Manas 5")]);
  await submit(moved.field);
  await settled(20);
  expect([places.length, said(moved.page)]).toEqual([0, ""]);
  await submit(moved.field);
  await settled(20);
  expect(places.map(({ location, expectedVersion }) => [location?.address, expectedVersion])).toEqual([["Chuy 155", 1n]]);
  expect(typed.names).toEqual([]);
});

test("a form that is open while its record moves keeps what stands in it and says what the record says now", async () => {
  const { field, page, whole } = await begun({ what: "location" }, "i", "Chuy 1");
  await act(() => { whole.value = wholeOf("i", "Manas 5", [], 2n); });
  expect([field.value, said(page)]).toEqual(["Chuy 1", expect.stringContaining("Manas 5")]);
  await act(() => page.querySelector<HTMLElement>("[role=alert] button")?.click());
  expect([field.value, said(page), document.activeElement]).toEqual(["Manas 5", "", field]);
  expect(typed.names).toEqual([]);
});

test("a record that came to say what was entered moved nothing away from it, and leaves nothing unsent", async () => {
  const { field, page, whole } = await begun({ what: "location" }, "i", "Chuy 1");
  await write(field, "Chuy 155");
  await act(() => { whole.value = wholeOf("i", "Chuy 155", [], 2n); });
  expect([said(page), typed.names]).toEqual(["", []]);

  await write(field, "Chuy 156");
  await press(field, "Escape");
  const again = await begun({ what: "location" }, "i", "Chuy 156");
  expect([again.field.value, said(again.page), typed.names]).toEqual(["Chuy 156", "", []]);
  await write(again.field, "Chuy 157");
  expect(said(again.page)).toBe("");
});

test("the place that was entered is the same place in the words of the record", async () => {
  const { page, whole } = await begun({ what: "location" }, "i", "Chuy 1");
  const coordinates = page.querySelectorAll("input")[2];
  if (coordinates === undefined) throw new Error("the form asks for coordinates");
  await write(coordinates, "42.87, 74.59");
  await act(() => { whole.value = wholeOf("i", { address: "Chuy 1", position: { latitude: 42.87, longitude: 74.59 }, method: LocationMethod.SPOKEN }, [], 2n); });
  expect([said(page), typed.names]).toEqual(["", []]);
  await act(() => { whole.value = wholeOf("i", { address: "Chuy 1", position: { latitude: 42.88, longitude: 74.59 } }, [], 3n); });
  expect(said(page)).toContain("42.88000");
});

test("of what was sent nothing stays, whatever the record came to say before the answer", () => {
  const entered = new Entered(on.console.session, "i", { what: "priority" });
  entered.keep("priority", { value: 1, upon: 2 });
  entered.keep("reason", { value: "a knife", upon: "" });
  const { fields } = entered;
  entered.keep("priority", undefined);
  entered.sent(fields);
  expect(typed.names).toEqual([]);
  entered.keep("reason", { value: "a gun", upon: "" });
  entered.sent(fields);
  expect(entered.fields).toEqual({ reason: { value: "a gun", upon: "" } });
});

test("a ground that was only picked is not kept, for nothing was written", async () => {
  const { page } = await begun({ what: "close" });
  const basis = page.querySelector("select");
  const text = [...page.querySelectorAll("input")].at(-1);
  if (basis === null || text === undefined) throw new Error("the form asks for a ground");
  await act(() => {
    basis.value = "lawfulReason";
    basis.dispatchEvent(new Event("change", { bubbles: true }));
  });
  expect([basis.value, typed.names]).toEqual(["lawfulReason", []]);
  await write(text, "a drill");
  const again = await begun({ what: "close" });
  expect([again.page.querySelector("select")?.value, [...again.page.querySelectorAll("input")].at(-1)?.value]).toEqual(["lawfulReason", "a drill"]);
});

test("what an earlier build kept in another shape is nowhere", async () => {
  const action: Action = { what: "location" };
  typed.keep(nameOf("i", action), { place: { value: { address: "Chuy 1", landmark: "", coordinates: "", method: 0 }, base: "" } }, "unsent");
  expect(dots(on.console.session, "i", action)).toBe("");
  const { field, page } = await begun(action, "i", "Manas 5");
  expect([field.value, said(page), typed.names]).toEqual(["Manas 5", "", []]);
});

test("a form that is open stays when its run ends and is gone until it is read", async () => {
  const run = create(RunSchema, { runId: "r", unitId: "u21", state: { state: { case: "onScene", value: {} } } });
  const { page, field, whole } = await begun({ what: "run", runId: "r", step: Step.CLEARED }, "i", "", [run]);
  await write(field, "report taken");
  await act(() => { whole.value = wholeOf("i", ""); });
  expect(page.querySelector("input")).toBe(field);
  expect(field.value).toBe("report taken");
});
