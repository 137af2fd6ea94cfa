// awaits review by a native speaker
import type { Words } from "../en";

export const map: Words["map"] = {
  stage: "Борбордун картасы",
  keys: (next) => `Жебелер кайчылашты жылдырат, Shift менен — алысыраак. Page Up жакындатат, Page Down алыстатат, Home баарын көрсөтөт, ${next} — кийинки окуя.`,
  keysSelect: "Enter кайчылаш астындагы окуяны тандайт.",
  keysPick: "Enter кайчылаш астындагы жерди алат; Shift жана Enter — окуя бар жерде да.",
  fit: "Баарын көрсөтүү",
  nearer: "Жакыныраак",
  farther: "Алысыраак",
  toSelected: "Тандалган окуяны көрсөтүү",
  signs: "Белгилер",
  lacksUnits: "наряд жетишпейт",
  hasUnits: "наряддар дайындалган",
  fade: "Канчалык өңү өчүк болсо, орду ошончолук эски",
  dashed: "Үзүк сызык: 2 мүнөттөн эски",
  ring: "Тегерек: анын ичинде бир жерде",
  measured: (age) => `${age} мурда аныкталган`,
  within: (metres) => `${metres} чегинде`,
  unitsNowhere: (count) => `орду белгисиз ${count} наряд`,
  incidentsNowhere: (count) => `орду белгисиз ${count} окуя`,
  incidents: (count) => `${count} окуя`,
  taken: (place) => `Жер алынды: ${place}`,
  noStreets: "Көчөлөрдү бул жерде көрсөтүүгө болбойт; райондор көрсөтүлдү.",
  inWords: "Карта сөз менен",
  onMap: (incidents, units) => `Картада: ${incidents}, ${units}.`,
  mostUrgent: "Эң шашылыштары биринчи",
};
