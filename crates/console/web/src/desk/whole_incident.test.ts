import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { GetIncidentResponseSchema } from "../contract/kezek/dispatch/v1/incident_service_pb";
import { IncidentSchema } from "../contract/kezek/record/v1/incident_pb";
import { RunSchema } from "../contract/kezek/record/v1/run_pb";
import { Picture } from "../picture/picture";
import { merged } from "./whole_incident";

const run = (version: bigint, state: "sent" | "onScene" | "cleared") => create(RunSchema, { runId: "r", incidentId: "i", version, state: { state: { case: state, value: {} } } });
const incident = create(IncidentSchema, { incidentId: "i", version: 5n, runIds: ["r"], state: { state: { case: "open", value: {} } } });
const read = (version: bigint, state: "sent" | "cleared") => create(GetIncidentResponseSchema, { incident, runs: [run(version, state)] });

/** A picture with the incident, and with its run where there is one. */
function picture(...runs: readonly ReturnType<typeof run>[]): Picture {
  const shown = new Picture();
  shown.incidents.set("i", incident);
  runs.forEach((one) => shown.runs.set(one.runId, one));
  return shown;
}

const runs = (shown: Picture, answer: ReturnType<typeof read>): readonly (string | undefined)[] => merged("i", shown, answer)?.runs.map(({ state }) => state?.state.case) ?? [];

test("what goes on is shown as the stream tells it, and what is over as it was read", () => {
  expect(runs(picture(run(4n, "onScene")), read(3n, "sent"))).toEqual(["onScene"]);
  expect(runs(picture(), read(6n, "cleared"))).toEqual(["cleared"]);
});

test("what ended since it was read is not shown again as it was then", () => {
  expect(runs(picture(), read(3n, "sent"))).toEqual([]);
});

test("what was read of an incident that no picture has is shown as it was read", () => {
  expect(runs(new Picture(), read(3n, "sent"))).toEqual(["sent"]);
});
