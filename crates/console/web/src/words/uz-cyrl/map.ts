// awaits review by a native speaker
import type { Words } from "../en";

export const map: Words["map"] = {
  stage: "Марказ харитаси",
  keys: (next) => `Стрелкалар нишонни суради, Shift билан — узоқроққа. Page Up яқинлаштиради, Page Down узоқлаштиради, Home ҳаммасини кўрсатади, ${next} — кейинги ҳодиса.`,
  keysSelect: "Enter нишон остидаги ҳодисани танлайди.",
  keysPick: "Enter нишон остидаги жойни олади; Shift ва Enter — ҳодиса бор жойда ҳам.",
  fit: "Ҳаммасини кўрсатиш",
  nearer: "Яқинроқ",
  farther: "Узоқроқ",
  toSelected: "Танланган ҳодисани кўрсатиш",
  signs: "Белгилар",
  lacksUnits: "наряд етишмайди",
  hasUnits: "нарядлар тайинланган",
  fade: "Қанчалик хира бўлса, жойи шунчалик эски",
  dashed: "Узуқ чизиқ: 2 дақиқадан эски",
  ring: "Доира: унинг ичида бир жойда",
  measured: (age) => `${age} олдин аниқланган`,
  within: (metres) => `${metres} доирасида`,
  unitsNowhere: (count) => `жойи номаълум ${count} та наряд`,
  incidentsNowhere: (count) => `жойи номаълум ${count} та ҳодиса`,
  incidents: (count) => `${count} та ҳодиса`,
  taken: (place) => `Жой олинди: ${place}`,
  noStreets: "Кўчаларни бу ерда кўрсатиб бўлмайди; туманлар кўрсатилди.",
  inWords: "Харита сўз билан",
  onMap: (incidents, units) => `Харитада: ${incidents}, ${units}.`,
  mostUrgent: "Энг шошилинчлари биринчи",
};
