// @vitest-environment happy-dom
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { beforeEach, describe, expect, it } from "vitest";
import { EffectSchema, Verb } from "../contract/kezek/command/v1/command_service_pb";
import { Channel } from "../contract/kezek/record/v1/milestone_pb";
import { directory, NOW } from "../testing/surroundings";
import { LANGUAGES, type Language } from "../words/languages";
import { speak, words } from "../words/words";
import { cautions, circumstances, likelyLine, sentence, unitLine, type Speech } from "./effect";
import { verbName } from "./verb";

const VERBS = Object.values(Verb).filter((verb): verb is Verb => typeof verb === "number" && verb !== Verb.UNSPECIFIED);

function speech(language: Language): Speech {
  return { words: words(), language, places: directory() };
}

function effect(of: MessageInitShape<typeof EffectSchema>) {
  return create(EffectSchema, of);
}

const SENT = effect({
  verb: Verb.DISPATCH, canonical: "D 21 1043", incidentNumber: "1043", cautions: ["NOT_NEAREST", "OF_A_NEWER_CENTRE"],
  units: [{ unitId: "u21", callsign: "21", stationId: "leninsky", state: "available", travelTimeS: 250, throughDesk: true }],
});

describe("an effect", () => {
  beforeEach(() => speak("en"));

  it("is a sentence with its units, how far they are, and what to think of", async () => {
    expect(sentence(SENT, speech("en"))).toBe("Send 21 to 1043");
    expect(SENT.units.map((unit) => unitLine(unit, speech("en")))).toEqual(["21: available, 4:10 away, its desk is asked: Leninsky"]);
    expect(cautions(SENT, speech("en"))).toEqual(["another unit is nearer", "OF_A_NEWER_CENTRE"]);
    await speak("ru");
    expect(sentence(SENT, speech("ru"))).toBe("Направить 21 на 1043");
    expect(SENT.units.map((unit) => unitLine(unit, speech("ru")))).toEqual(["21: свободен, ехать 4:10, через дежурную часть: Ленинский отдел"]);
  });

  it("says when, by which channel and on whose word", () => {
    const told = effect({ verb: Verb.ON_SCENE, units: [{ callsign: "21" }], occurredAt: timestampFromMs(NOW), channel: Channel.RADIO, person: "Asanov" });
    expect(sentence(told, speech("en"))).toBe("21: on scene");
    expect(circumstances(told, speech("en"))).toEqual(["at 14:03", "by radio", "on the word of Asanov"]);
    expect(circumstances(SENT, speech("en"))).toEqual([]);
  });

  it("of a new incident names those that it may be the same matter as", async () => {
    const opened = effect({
      verb: Verb.NEW, cautions: ["LIKELY_DUPLICATE"],
      likely: [{ incident: { incidentId: "i1", spokenNumber: "1041", incidentTypeId: "fight" }, distanceM: 22, ageS: 95 }, { incident: { spokenNumber: "1042" }, ageS: 7 }],
    });
    expect(cautions(opened, speech("en"))).toEqual(["may be the same matter as an open incident"]);
    expect(opened.likely.map((likely) => likelyLine(likely, speech("en")))).toEqual(["1041: Fight, 20 m, 1:35 ago", "1042: type not known, 0:07 ago"]);
    await speak("ru");
    expect(opened.likely.map((likely) => likelyLine(likely, speech("ru")))[0]).toBe("1041: Драка, 20 м, 1:35 назад");
  });

  it("of a verb that this console does not know is the line itself", () => {
    expect(sentence(effect({ verb: 999 as Verb, canonical: "ZZ 1" }), speech("en"))).toBe("ZZ 1");
  });

  it.each(Object.keys(LANGUAGES) as Language[])("in %s names what it is about, for every verb", async (language) => {
    await speak(language);
    for (const verb of VERBS) {
      const name = verbName(verb);
      const said = sentence(effect({
        verb, incidentNumber: "1043", otherIncidentNumber: "1044", units: [{ callsign: "21" }], stationId: "leninsky", priority: 2, incidentTypeId: "fight", unitKindId: "patrol",
        count: 3, text: "words", until: timestampFromMs(NOW), alarmCode: "SHORTFALL", callNumber: "77", state: "off",
      }), speech(language));
      expect(said, name).not.toMatch(/undefined|\$\{|: $/);
      if (verb !== Verb.UNDO) expect(said, name).toMatch(/1043|21|words|77|SHORTFALL/);
      expect(name === undefined ? "" : words().command.verbs[name], name).toMatch(/\p{L}{3}/u);
    }
  });
});
