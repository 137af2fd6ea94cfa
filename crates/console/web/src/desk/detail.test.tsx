// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { act } from "preact/test-utils";
import { beforeAll, expect, test } from "vitest";
import { GetIncidentResponseSchema, IncidentService } from "../contract/kezek/dispatch/v1/incident_service_pb";
import { IncidentSchema } from "../contract/kezek/record/v1/incident_pb";
import { appears, NOW, show, stage, write } from "../testing/surroundings";
import { speak } from "../words/words";
import { Cards } from "./cards";
import { Detail } from "./detail";
import { DeskProvider, deskState } from "./state";

beforeAll(async () => { await speak("en"); });

test("a form stays as it is, and out of reach, while another incident is looked at", async () => {
  const incidentOf = (incidentId: string) => create(IncidentSchema, { incidentId, spokenNumber: incidentId.toUpperCase(), state: { state: { case: "open", value: {} } } });
  const on = stage(({ service }) => service(IncidentService, {
    getIncident: ({ name }) => create(GetIncidentResponseSchema, { incident: incidentOf(name.value ?? "") }),
  }));
  for (const id of ["a", "b"]) on.picture.incidents.set(id, incidentOf(id));
  const desk = deskState(new Cards(on.console.session, () => NOW));
  desk.select("a");
  desk.begin({ what: "hold" });
  const page = await show(on, <DeskProvider value={desk}><Detail /></DeskProvider>);
  const form = await appears(page, "form.action");
  const minutes = form.querySelector("input");
  if (minutes === null) throw new Error("minutes are asked for");
  await write(minutes, "60");

  await act(() => { desk.peeked.value = "b"; });
  expect([page.querySelector(".spoken")?.textContent, form.isConnected, form.hidden]).toEqual(["B", true, true]);
  expect(page.querySelector(".action-bar")).toBeNull();

  await act(() => { desk.peeked.value = undefined; });
  expect([page.querySelector(".spoken")?.textContent, page.querySelector("form.action"), form.hidden, minutes.value]).toEqual(["A", form, false, "60"]);

  await act(() => desk.done());
  await act(() => { desk.peeked.value = "b"; });
  expect(page.querySelector(".action-bar")).toBeNull();
});
