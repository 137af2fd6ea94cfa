// One word for one act: what stands a unit down, puts an incident off and gives an assignment back must never read alike.
import { expect, test } from "vitest";
import { tableOf } from "../../tests/harness/tables";
import type { Language } from "./languages";

/** By language, what every word for an act has in it. */
const STEMS: Readonly<Record<Language, { readonly standDown: string; readonly hold: string; readonly giveBack: string }>> = {
  en: { standDown: "st(and|ood).down", hold: "h[oe]ld", giveBack: "return" },
  ru: { standDown: "отбо", hold: "отлож", giveBack: "возвра|верн" },
  ky: { standDown: "токтот", hold: "калтыр", giveBack: "кайтар" },
  uz: { standDown: "to‘xtat", hold: "qoldir", giveBack: "qaytar" },
  "uz-Cyrl": { standDown: "тўхтат", hold: "қолдир", giveBack: "қайтар" },
};
const SAID = {
  standDown: [
    ".detail.standDown", ".detail.knows", ".history.steps.16", ".history.steps.17", ".detail.passedOverFor.3", ".units.exclusions.7", ".common.runState.standDownSent",
    ".common.runState.stoodDown", ".common.assignmentState.standDownSent", ".common.assignmentState.stoodDown", ".codes.states.stand_down", ".codes.states.stood_down",
    ".command.verbs.STAND_DOWN", ".command.undoWhy", ".what.stand_down", ".what.run_stand_down", ".hold.standDown", ".hold.runStandDown", ".said.standDown",
    ".exceptions.kinds.standDown", ".exceptions.kinds.passedOver",
  ],
  hold: [".actions.hold", ".actions.buttons.hold", ".detail.heldBy", ".history.steps.20", ".codes.states.hold", ".codes.states.held", ".command.verbs.HOLD"],
  giveBack: [".detail.returned", ".history.steps.11", ".common.assignmentState.returned", ".codes.states.return", ".act.back", ".return.send"],
} as const;

test.each(Object.keys(STEMS) as Language[])("standing down, putting off and giving back are told apart by one word each: %s", async (language) => {
  const table = await tableOf(language);
  const wrong: string[] = [];
  for (const act of ["standDown", "hold", "giveBack"] as const) {
    for (const path of SAID[act]) {
      const [, said] = [...table].find(([name]) => name.endsWith(path)) ?? [];
      const fits = Object.entries(STEMS[language]).filter(([, stem]) => new RegExp(stem, "iu").test(said ?? "")).map(([name]) => name);
      if (fits.join() !== act) wrong.push(`${path}: ${said}`);
    }
  }
  expect(wrong).toEqual([]);
});

test("Uzbek is written with one apostrophe each for its letters and its stops, so that what is searched is found", async () => {
  const said = [...(await tableOf("uz")).values()];
  expect(said.filter((text) => /[ʻʼ'`]/u.test(text))).toEqual([]);
});
