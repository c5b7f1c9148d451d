import type { Language, Section } from "./page-list.ts";

/** What stands around the pages, in every language. */
export interface Words {
  readonly docs: string;
  readonly console: string;
  readonly search: string;
  readonly nothingFound: string;
  readonly onThisPage: string;
  readonly previous: string;
  readonly next: string;
  readonly copy: string;
  readonly copied: string;
  readonly menu: string;
  readonly theme: string;
  readonly skip: string;
  readonly notTranslated: string;
  readonly notFound: string;
  readonly notFoundMend: string;
  readonly otherLanguage: string;
  readonly sections: Readonly<Record<Section, string>>;
}

export const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    docs: "Documentation",
    console: "Console",
    search: "Search",
    nothingFound: "Nothing found: try another word.",
    onThisPage: "On this page",
    previous: "Previous",
    next: "Next",
    copy: "Copy",
    copied: "Copied",
    menu: "Pages",
    theme: "Light or dark",
    skip: "Skip to the text",
    notTranslated: "",
    notFound: "There is no such page",
    notFoundMend: "Choose one from the list, or search.",
    otherLanguage: "中文",
    sections: {
      start: "Start here",
      protocols: "SDKs and protocols",
      reference: "API reference",
      service: "Billing and limits",
      operate: "Self-hosting",
    },
  },
  zh: {
    docs: "文档",
    console: "控制台",
    search: "搜索",
    nothingFound: "没有找到，请换一个词试试。",
    onThisPage: "本页内容",
    previous: "上一页",
    next: "下一页",
    copy: "复制",
    copied: "已复制",
    menu: "页面",
    theme: "浅色或深色",
    skip: "跳到正文",
    notTranslated: "本页暂无中文版本，以下为英文原文。",
    notFound: "没有这个页面",
    notFoundMend: "请从列表中选择，或使用搜索。",
    otherLanguage: "English",
    sections: {
      start: "入门",
      protocols: "SDK 与协议",
      reference: "API 参考",
      service: "计费与限额",
      operate: "自行部署",
    },
  },
};
