import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { IncidentSchema } from "../contract/kezek/record/v1/incident_pb";
import { NotedChangeSchema, NoteSchema } from "../contract/kezek/record/v1/note_pb";
import { Picture } from "../picture/picture";
import { belongings } from "./incident_lines";

test("the past of an incident tells what was changed of it, by whom and why", () => {
  const incident = create(IncidentSchema, { incidentId: "a", spokenNumber: "7", version: 2n });
  const changes = [create(NotedChangeSchema, { change: { case: "priority", value: { from: 3, to: 1 } } })];
  const note = create(NoteSchema, { noteId: "n", incidentId: "a", version: 2n, changes, text: "he is armed", writtenBy: "asel", recordedAt: timestampFromMs(1_000) });
  const { history } = belongings(new Picture(), incident, [note]);
  expect(history.map(({ what, who, detail, at }) => [what, who, detail, at])).toEqual([
    [{ happening: "priority" }, "asel", "3 → 1", 1_000],
    [{ happening: "note" }, "asel", "he is armed", 1_000],
  ]);
});
