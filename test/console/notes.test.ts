import { expect, test } from "bun:test";
import { NOTES } from "../../console/src/i18n/en/notes.ts";
import { NOTES as CHINESE } from "../../console/src/i18n/zh/notes.ts";
import { noteText } from "../../console/src/pages/requests/note-text.ts";
import { toldByCode } from "./told-notes.ts";

type Texts = Readonly<Record<keyof typeof NOTES, string>>;

const saidIn = (texts: Texts) => (note: string) =>
  noteText(note, (key, values) => texts[key].replaceAll(/\{(\w+)\}/g, (_, name) => values[name] ?? ""));
const inEnglish = saidIn(NOTES);
const inChinese = saidIn(CHINESE);

const { reasons, notes } = await toldByCode();
const ASCII = /^[\x20-\x7e]*$/;

test("the notes and the reasons of losses that the code writes are found in it", () => {
  expect(reasons.length).toBeGreaterThan(80);
  expect(notes.length).toBeGreaterThan(10);
});

test("every note is said in English as its record keeps it", () => {
  for (const note of [...notes, ...reasons.map((reason) => `loss: dropped tools[0].a ${reason}`)])
    expect(inEnglish(note)).toBe(note);
});

test("every note that the code writes is said in Chinese", () => {
  const written = [...notes, ...reasons];
  expect(written.filter((note) => ASCII.test(inChinese(note)))).toEqual([]);
});

test("what fills a note stays as it is, and a reason inside it is said too", () => {
  expect(inChinese("loss: dropped messages[1].name messages have no name")).toBe(
    "messages[1].name 未转达：消息没有名字",
  );
  expect(inChinese("output limit lowered to 512 tokens, what the balance pays for")).toBe(
    "输出上限降为 512 token：余额只够支付这么多",
  );
  expect(inChinese("loss: changed thinking effort high as medium")).toBe(
    "thinking 已改动：思考强度 high 改为 medium",
  );
});

test("a note that nobody knows is told as it is", () => {
  expect(inChinese("something new")).toBe("something new");
  expect(inChinese("loss: dropped a.b something new")).toBe("a.b 未转达：something new");
});

test("no text of a note is one that nothing writes", () => {
  const frames = ["note.dropped", "note.emulated", "note.changed", "note.limit-lowered"];
  const used = new Set([...notes, ...reasons].map(keyOf));
  const unused = Object.keys(NOTES).filter((key) => !used.has(key) && !frames.includes(key));
  expect(unused).toEqual([]);
});

const blanksFilled = (text: string) => text.replaceAll(/\{\w+\}/g, "x1");
const keyOf = (said: string) => Object.entries(NOTES).find(([, text]) => blanksFilled(text) === said)?.[0];
