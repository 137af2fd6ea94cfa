// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { act } from "preact/test-utils";
import { beforeAll, expect, test } from "vitest";
import { AssignDeskResponseSchema, DispatchService, SendUnitResponseSchema } from "../contract/kezek/dispatch/v1/dispatch_service_pb";
import { IncidentSchema } from "../contract/kezek/record/v1/incident_pb";
import { RecommendationSchema } from "../contract/kezek/record/v1/recommendation_pb";
import { settled, show, stage } from "../testing/surroundings";
import { speak } from "../words/words";
import { Confirm, ConfirmNothing } from "./confirm";

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

const NOTHING = { recommendation: undefined, refused: undefined, unanswered: false };
const why = (page: HTMLElement): string => page.querySelector(".refused")?.textContent ?? "";

test("a key that can send nothing says why, where refusals are said, and no longer than it is so", async () => {
  const { on } = centre();
  const page = await show(on, <Confirm incident={create(IncidentSchema, { incidentId: "i" })} recommended={NOTHING} />);
  expect(why(page)).toBe("");
  await act(() => confirm());
  expect(why(page)).toBe("Lacks nobody.");
  const ranked = await show(on, <Confirm incident={incident} recommended={{ ...NOTHING, recommendation: recommendation() }} />);
  await act(() => confirm());
  expect(why(ranked)).toBe("It has just changed: read it again.");
  await settled(READ_MS);
  expect(why(ranked)).toBe("");
  await act(() => { on.state.value = { at: "lost" }; });
  await act(() => confirm());
  expect(why(ranked)).toContain("Nothing is sent while the link is lost.");
});

test("what was carried out says so where the key is pressed again", async () => {
  const { on } = centre();
  const page = await show(on, <Confirm incident={incident} recommended={{ ...NOTHING, recommendation: recommendation() }} />);
  await settled(READ_MS);
  confirm();
  await settled(50);
  expect(why(page)).toBe("");
  await act(() => confirm());
  expect(why(page)).toBe("It is carried out already.");
});

test("without an incident the key says to choose one", async () => {
  const page = await show(centre().on, <ConfirmNothing />);
  await act(() => confirm());
  expect(why(page)).toBe("No incident is selected. Choose one in the queue.");
});
