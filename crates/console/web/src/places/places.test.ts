import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { DirectorySchema, TitlesSchema } from "../contract/kezek/directory/v1/directory_pb";
import { Places, titled } from "./places";
import { inCyrillic } from "./uzbek_cyrillic";

const titles = (byLanguage: Record<string, string>) => create(TitlesSchema, { byLanguage });

describe("titles", () => {
  it("are in the person's language, else in the next best, and a Kyrgyz reader gets Russian before English", () => {
    expect(titled(titles({ ky: "Бөлүм", ru: "Отдел", en: "Station" }), "ky")).toBe("Бөлүм");
    expect(titled(titles({ ru: "Отдел", en: "Station" }), "ky")).toBe("Отдел");
    expect(titled(titles({ en: "Station" }), "ru")).toBe("Station");
  });

  it("in a language that nobody thought of are better than none", () => {
    expect(titled(titles({ de: "Wache" }), "ru")).toBe("Wache");
    expect(titled(undefined, "ru")).toBe("");
  });

  it("in Uzbek are written in the script that the person reads", () => {
    expect(titled(titles({ uz: "Toʻqmoq ko‘chasi", ru: "улица" }), "uz-Cyrl")).toBe("Тўқмоқ кўчаси");
  });
});

describe("Uzbek in Cyrillic", () => {
  it("maps letters and pairs of letters, whatever sign stands for the turned comma", () => {
    expect(inCyrillic("Shaxsga qarshi jinoyat")).toBe("Шахсга қарши жиноят");
    expect(inCyrillic("Odam o'ldirish, g`alayon, bo‘lim")).toBe("Одам ўлдириш, ғалаён, бўлим");
    expect(inCyrillic("noma’lum")).toBe("номаълум");
    expect(inCyrillic("Yo‘q, yo‘lda, yong‘in")).toBe("Йўқ, йўлда, ёнғин");
  });

  it("writes e at the beginning of a word as it sounds there", () => {
    expect(inCyrillic("Er yetti, eshik")).toBe("Эр етти, эшик");
  });

  it("leaves numbers, signs and Cyrillic as they are", () => {
    expect(inCyrillic("7-tuman, ППС 21")).toBe("7-туман, ППС 21");
  });
});

describe("places", () => {
  it("are called by their ids where the directory has nothing better", () => {
    const places = new Places(create(DirectorySchema, {}));
    expect([places.station("leninsky", "ru"), places.callsign("u-21"), places.type("robbery", "en")]).toEqual(["leninsky", "u-21", "robbery"]);
  });
});
