import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { Exclusion, RecommendationSchema } from "../contract/kezek/record/v1/recommendation_pb";
import { isWithoutDistance, sameAs, sendings, unitLines } from "./ranking";

const RECOMMENDED = create(RecommendationSchema, {
  needs: [
    {
      needIndex: 0, unitKindId: "patrol",
      chosen: [{ unitId: "u-21", stationId: "s-1", distanceM: 900, travelTimeS: 130 }],
      next: [{ unitId: "u-22", stationId: "s-1", distanceM: 1_500, travelTimeS: 220 }],
      passedOver: [{ unitId: "u-23", distanceM: 300, reason: Exclusion.ON_RUN }, { unitId: "u-24", distanceM: 4_000, reason: Exclusion.SIGNED_OFF }],
    },
    { needIndex: 1, unitKindId: "crime-scene-group", chosen: [{ unitId: "u-71", stationId: "s-9" }], shortfall: 1 },
  ],
});

const shown = (units: readonly string[]) => unitLines(RECOMMENDED, units).map((line) => (line.of === "unit" ? `${line.unitId} ${line.standing}` : line.of));

test("each need lists who is chosen, who is nearer and cannot be sent, who is next; all others follow once", () => {
  expect(shown(["u-21", "u-22", "u-23", "u-24", "u-71"])).toEqual([
    "need", "u-21 chosen", "u-23 passed_over", "u-22 next", "need", "u-71 chosen", "rest", "u-24 other",
  ]);
});

test("without a recommendation the units stand as they are", () => {
  expect(unitLines(undefined, ["a", "b"]).map(({ key }) => key)).toEqual(["other/a", "other/b"]);
});

test("confirming sends a unit that the centre chooses and asks a desk for one that it chooses", () => {
  const planned = sendings(RECOMMENDED, (kind) => kind === "crime-scene-group");
  expect(planned).toEqual([
    { how: "desk", needIndex: 0, unitId: "u-21", stationId: "s-1" },
    { how: "unit", needIndex: 1, unitId: "u-71", stationId: "s-9" },
  ]);
});

test("a recommendation that sends somebody else is told apart, one that only ranks anew is not", () => {
  const centre = (kind: string): boolean => kind === "crime-scene-group";
  const again = create(RecommendationSchema, { ...RECOMMENDED, decidedOn: 9n });
  expect(sameAs(sendings(again, centre))).toBe(sameAs(sendings(RECOMMENDED, centre)));
  const other = create(RecommendationSchema, { needs: [{ needIndex: 0, unitKindId: "patrol", chosen: [{ unitId: "u-22", stationId: "s-1" }] }] });
  expect(sameAs(sendings(other, centre))).not.toBe(sameAs(sendings(RECOMMENDED, centre)));
});

test("a ranking without any distance is told from one by distance, and from none", () => {
  const nearby = create(RecommendationSchema, { needs: [{ chosen: [{ unitId: "u-22", stationId: "s-1" }] }] });
  expect([RECOMMENDED, nearby, create(RecommendationSchema, {}), undefined].map(isWithoutDistance)).toEqual([false, true, false, false]);
});
