import { plural } from "../plural";
import type { Words } from "../en";

export const map: Words["map"] = {
  stage: "Карта центра",
  keys: (next) => `Стрелки передвигают перекрестие, с Shift — дальше. Page Up приближает, Page Down отдаляет, Home показывает всё, ${next} — следующее происшествие.`,
  keysSelect: "Enter выбирает происшествие под перекрестием.",
  keysPick: "Enter берёт место под перекрестием; Shift и Enter — даже там, где есть происшествие.",
  fit: "Показать всё",
  nearer: "Ближе",
  farther: "Дальше",
  toSelected: "Показать выбранное происшествие",
  signs: "Знаки",
  lacksUnits: "не хватает нарядов",
  hasUnits: "наряды назначены",
  fade: "Чем бледнее, тем старее координаты",
  dashed: "Пунктир: старше 2 минут",
  ring: "Круг: где-то внутри него",
  measured: (age) => `координаты ${age} назад`,
  within: (metres) => `в пределах ${metres}`,
  unitsNowhere: (count) => `${count} ${plural.ru(count, "наряд", "наряда", "нарядов")} без координат`,
  incidentsNowhere: (count) => `${count} ${plural.ru(count, "происшествие", "происшествия", "происшествий")} без места`,
  incidents: (count) => `${count} ${plural.ru(count, "происшествие", "происшествия", "происшествий")}`,
  taken: (place) => `Место взято: ${place}`,
  noStreets: "Улицы здесь показать нельзя; показаны районы.",
  inWords: "Карта словами",
  onMap: (incidents, units) => `На карте: ${incidents}, ${units}.`,
  mostUrgent: "Сначала самые срочные",
};
