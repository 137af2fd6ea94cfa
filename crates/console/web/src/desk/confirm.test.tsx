// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { beforeAll, expect, test } from "vitest";
import { AssignDeskResponseSchema, DispatchService, SendUnitResponseSchema } from "../contract/kezek/dispatch/v1/dispatch_service_pb";
import { IncidentSchema } from "../contract/kezek/record/v1/incident_pb";
import { RecommendationSchema } from "../contract/kezek/record/v1/recommendation_pb";
import { settled, show, stage } from "../testing/surroundings";
import { speak } from "../words/words";
import { Confirm } from "./confirm";

beforeAll(async () => { await speak("en"); });

/** As long as it takes to read who would go. */
const READ_MS = 800;

const incident = create(IncidentSchema, { incidentId: "i", spokenNumber: "1043", version: 4n, queued: true });

function recommendation() {
  return create(RecommendationSchema, { recommendationId: "r", needs: [{ needIndex: 0, unitKindId: "patrol", chosen: [{ unitId: "u21", stationId: "leninsky" }] }] });
}

function centre() {
  const asked: { readonly requestId: string; readonly recommendedUnitId: string }[] = [];
  const on = stage(({ service }) => service(DispatchService, {
    assignDesk: (request) => {
      asked.push(request);
      return create(AssignDeskResponseSchema, {});
    },
    sendUnit: () => create(SendUnitResponseSchema, {}),
  }));
  return { asked, on };
}

function confirm(repeat = false): void {
  dispatchEvent(new KeyboardEvent("keydown", { code: "Enter", altKey: true, bubbles: true, cancelable: true, repeat }));
}

test("what was carried out does not go out again while the screen still shows it", async () => {
  const { asked, on } = centre();
  const recommended = { recommendation: recommendation(), refused: undefined, unanswered: false };
  await show(on, <Confirm incident={incident} recommended={recommended} />);
  await settled(READ_MS);
  confirm();
  await settled(50);
  confirm();
  await settled(50);
  expect(asked.map(({ recommendedUnitId }) => recommendedUnitId)).toEqual(["u21"]);
});

test("a key that is kept down sends nothing", async () => {
  const { asked, on } = centre();
  await show(on, <Confirm incident={incident} recommended={{ recommendation: recommendation(), refused: undefined, unanswered: false }} />);
  await settled(READ_MS);
  confirm(true);
  await settled(50);
  expect(asked).toEqual([]);
});
