import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { IncidentSchema, type Incident } from "../contract/kezek/record/v1/incident_pb";
import { UnitPositionSchema } from "../contract/kezek/record/v1/unit_pb";
import { RecordKind, WatchResponseSchema, type WatchResponse } from "../contract/kezek/watch/v1/watch_service_pb";
import { Picture } from "./picture";
import { inHand, queued, servedBefore } from "./queue";

const incident = (incidentId: string, priority: number, openedS: number, more: { queued?: boolean; state?: "open" | "held" | "closed" } = {}): Incident =>
  create(IncidentSchema, {
    incidentId, priority, queued: more.queued ?? true, createdAt: timestampFromMs(openedS * 1_000),
    state: { state: { case: more.state ?? "open", value: {} } },
  });

const frame = (said: Partial<Omit<WatchResponse, "$typeName" | "$unknown">>): WatchResponse => create(WatchResponseSchema, said);

describe("a picture", () => {
  it("replaces a record as a whole, and forgets what left", () => {
    const picture = new Picture();
    const first = incident("a", 2, 10);
    picture.apply(frame({ through: 1n, records: [{ record: { case: "incident", value: first } }] as never }));
    const second = incident("a", 1, 10);
    picture.apply(frame({ through: 2n, records: [{ record: { case: "incident", value: second } }] as never }));
    expect(picture.incidents.get("a")).toBe(second);
    expect(first.priority).toBe(2);
    picture.apply(frame({ through: 3n, left: [{ kind: RecordKind.INCIDENT, id: "a" }] as never }));
    expect(picture.incidents.size).toBe(0);
    expect(picture.through).toBe(3n);
  });

  it("begins anew with a reset, positions too", () => {
    const picture = new Picture();
    picture.apply(frame({ through: 9n, records: [{ record: { case: "incident", value: incident("a", 2, 10) } }] as never, positions: [create(UnitPositionSchema, { unitId: "21" })] }));
    picture.apply(frame({ reset: true, lineage: "other", through: 4n }));
    expect([picture.incidents.size, picture.positions.size, picture.lineage, picture.through]).toEqual([0, 0, "other", 4n]);
  });

  it("skips a kind of record that a newer release brought", () => {
    const picture = new Picture();
    picture.apply(frame({ through: 1n, records: [{ record: { case: undefined } }] as never }));
    expect(picture.through).toBe(1n);
  });

  it("is looked at again only once it is shown", () => {
    const picture = new Picture();
    const before = picture.revision.value;
    picture.apply(frame({ through: 1n }));
    picture.apply(frame({ through: 2n }));
    expect(picture.revision.value).toBe(before);
    picture.shown();
    expect(picture.revision.value).toBe(before + 1);
  });
});

describe("the queue", () => {
  it("is served by priority, then age, then id, as the store orders it", () => {
    const [old, young, urgent] = [incident("b", 2, 10), incident("a", 2, 20), incident("c", 1, 30)];
    expect([young, urgent, old].sort(servedBefore).map((one) => one.incidentId)).toEqual(["c", "b", "a"]);
    expect([incident("z", 3, 5), incident("y", 3, 5)].sort(servedBefore).map((one) => one.incidentId)).toEqual(["y", "z"]);
  });

  it("holds what lacks units; what lacks nobody and goes on is in hand; what ended is in neither", () => {
    const all = [incident("q", 2, 1), incident("h", 2, 2, { queued: false }), incident("held", 1, 3, { queued: false, state: "held" }), incident("over", 1, 4, { queued: false, state: "closed" })];
    expect(queued(all).map((one) => one.incidentId)).toEqual(["q"]);
    expect(inHand(all).map((one) => one.incidentId)).toEqual(["held", "h"]);
  });
});
