// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { act } from "preact/test-utils";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { AlarmService, AcknowledgeAlarmResponseSchema } from "../contract/kezek/dispatch/v1/alarm_service_pb";
import { AddNoteResponseSchema, IncidentService } from "../contract/kezek/dispatch/v1/incident_service_pb";
import { press, settled, show, stage, write } from "../testing/surroundings";
import { speak } from "../words/words";
import { exceptions } from "./exceptions";
import { after, alarm, incident, picture } from "./samples";
import { Taking } from "./taking";

let answers = false;
let done = 0;
const notes: string[] = [];
/** Lets the centre answer what it was asked last. */
let answer: () => void = () => undefined;

const on = stage(({ service }) => {
  service(AlarmService, { acknowledgeAlarm: () => create(AcknowledgeAlarmResponseSchema) });
  service(IncidentService, {
    addNote: async ({ text }) => {
      if (!answers) throw new ConnectError("no answer", Code.Unavailable);
      await new Promise<void>((resolve) => { answer = resolve; });
      notes.push(text);
      return create(AddNoteResponseSchema);
    },
  });
}, "supervisor");

beforeAll(async () => { await speak("en"); });
beforeEach(() => {
  answers = false;
  done = 0;
  notes.length = 0;
});

/** The form with a reason. */
async function opened(): Promise<{ readonly page: HTMLElement; readonly field: HTMLInputElement }> {
  const [matter] = exceptions(picture(
    { case: "incident", value: incident("a", { needs: [{ unitKindId: "patrol", units: 1, shortfall: true, unitsMissing: 1 }] }) },
    { case: "alarm", value: alarm("x", "SHORTFALL", { incidentId: "a" }) },
  ), after(90));
  if (matter === undefined) throw new Error("there is a matter");
  const page = await show(on, <Taking of={matter} said={{ what: "nobody to send", about: "A", owner: "", todo: "" }} onDone={() => { done += 1; }} />);
  const field = page.querySelector("input");
  if (field === null) throw new Error("a reason is asked for");
  await write(field, "the operators are at the fire");
  return { page, field };
}

async function send(field: HTMLInputElement): Promise<void> {
  await act(() => { field.form?.requestSubmit(); });
  await settled(20);
}

const said = (page: HTMLElement): string => page.querySelector("[role=alert]")?.textContent ?? "";

test("who leaves before the reason is written is told so by the first press, and leaves with the second", async () => {
  const { page, field } = await opened();
  // the alarm is taken, and of the note there is no answer
  await send(field);
  await press(field, "Escape");
  expect([done, said(page)]).toEqual([0, expect.stringContaining("not written")]);
  const cancel = [...page.querySelectorAll("button")].at(-1);
  await act(() => cancel?.click());
  expect(done).toBe(1);
});

test("who began nothing leaves with one press", async () => {
  const { field } = await opened();
  await press(field, "Escape");
  expect(done).toBe(1);
});

test("an answer that comes after somebody left closes nothing that they opened since", async () => {
  const { field } = await opened();
  answers = true;
  await send(field);
  await press(field, "Escape");
  await press(field, "Escape");
  expect(done).toBe(1);
  await show(on, <p>elsewhere</p>);
  await act(() => answer());
  await settled(20);
  expect([done, notes.length]).toEqual([1, 1]);
});
