/** What the table of clients says, in the languages of the documentation. */
import type { CaseId } from "./client.ts";
import type { Cell } from "./results.ts";

export interface PageWords {
  /** Title and explanation, up to the tables. */
  readonly intro: string;
  readonly run: (dates: string, platform: string) => string;
  readonly to: string;
  readonly agents: string;
  readonly sdks: string;
  readonly packagesTitle: string;
  readonly client: string;
  readonly speaks: string;
  readonly cases: Readonly<Record<CaseId, string>>;
  readonly outcomes: Readonly<Record<Cell["outcome"], string>>;
  /** Notes and remarks as the clients' declarations have them; what a run found by itself stays as it is. */
  readonly notes: Readonly<Record<string, string>>;
  readonly remark: (title: string, text: string) => string;
  readonly packages: string;
  readonly known: string;
  readonly absent: string;
  readonly absentWhy: string;
  readonly amp: string;
}

export const ENGLISH: PageWords = {
  intro: `# Which clients work

<!-- Written by \`npm run test:clients\` from compatibility.json beside it; not by hand. -->

The real programs, each installed in the version named, in an empty home, asked through a Quoin whose upstreams follow a
script. Every client meets upstreams of all four protocols, whichever it speaks itself.

What the columns ask, and what the words mean:

- **answer**, **stream**: a question, answered whole and as a stream, with an upstream of the client's own protocol.
  Agents only stream.
- **tools, … behind**: the model thinks and calls a tool; the client runs it, sends the result, and shows the answer; with
  an upstream of that protocol.
- **unknown key** (401), **empty wallet** (402, or what stops that client): *said why* when the client shows Quoin's
  sentence, *own words* when it shows only its own.
- **429**: the upstream's limit, with \`retry-after\`; **broken stream**: an error event behind half a sentence. *asked
  again* when the client got the whole answer by itself.
- An empty cell was not asked: of an agent's further protocols only what differs is.
- *no* is a fault of the client's own, **no** one that we have to mend; the notes below the tables say more.
`,
  run: (dates, platform) =>
    `Run on ${dates}, on ${platform}; every figure of the run is in \`docs/clients/compatibility.json\`.`,
  to: "to",
  agents: "Agents",
  sdks: "SDKs",
  packagesTitle: "Packages",
  client: "client",
  speaks: "speaks",
  cases: {
    answer: "answer",
    stream: "stream",
    "tools-anthropic-messages": "tools, Anthropic behind",
    "tools-openai-chat": "tools, Chat behind",
    "tools-openai-responses": "tools, Responses behind",
    "tools-gemini": "tools, Gemini behind",
    "unknown-key": "unknown key",
    "empty-wallet": "empty wallet",
    limit: "429",
    "broken-stream": "broken stream",
  },
  outcomes: {
    answered: "yes",
    "asked again": "asked again",
    "said why": "said why",
    "own words": "own words",
    cannot: "–",
    "own fault": "no",
    failed: "**no**",
  },
  notes: {},
  remark: (title, text) => `${title}: ${text}`,
  packages: "packages",
  known: "in the history",
  absent: "Not here",
  absentWhy: "What does not install or cannot be pointed at a gateway, in the installer's own words:",
  amp: "- **Amp** speaks to its maker's own server only; its address can be changed, its protocol is not one of a model.",
};

export const CHINESE: PageWords = {
  intro: `# 哪些客户端可用

<!-- 由 \`npm run test:clients\` 根据 docs/clients/compatibility.json 生成，请勿手工修改。 -->

这里测试的都是真实程序：按所列版本安装，在空的主目录中运行，经由 Quoin 访问按脚本作答的上游。无论客户端自己使用哪种协议，都会与全部四种协议的上游各测一遍。

各列测试什么，单元格里的词是什么意思：

- **回答**、**流式**：提一个问题，分别以完整回答和流式返回，上游与客户端协议相同。智能体只用流式。
- **工具，…上游**：模型先思考再调用工具；客户端执行工具、送回结果并显示回答；上游使用所列协议。
- **未知密钥**（401）、**余额为零**（402，或能让该客户端停下的状态码）：客户端显示了 Quoin 的说明，记为 *说明原因*；只显示自己的说法，记为 *自己的说法*。
- **429**：上游限额，附带 \`retry-after\`；**流中断**：半句话之后出现错误事件。客户端自行得到了完整回答，记为 *自动重试*。
- 空单元格表示没有测试：智能体的其他协议只测有差别的部分。
- *否* 是客户端自身的缺陷，**否** 是需要我们修复的问题；详见表格下方的注释。
`,
  run: (dates, platform) =>
    `测试日期 ${dates}，平台 ${platform}；全部数据见 \`docs/clients/compatibility.json\`。`,
  to: "至",
  agents: "智能体",
  sdks: "SDK",
  packagesTitle: "软件包",
  client: "客户端",
  speaks: "协议",
  cases: {
    answer: "回答",
    stream: "流式",
    "tools-anthropic-messages": "工具，Anthropic 上游",
    "tools-openai-chat": "工具，Chat 上游",
    "tools-openai-responses": "工具，Responses 上游",
    "tools-gemini": "工具，Gemini 上游",
    "unknown-key": "未知密钥",
    "empty-wallet": "余额为零",
    limit: "429",
    "broken-stream": "流中断",
  },
  outcomes: {
    answered: "是",
    "asked again": "自动重试",
    "said why": "说明原因",
    "own words": "自己的说法",
    cannot: "–",
    "own fault": "否",
    failed: "**否**",
  },
  notes: {
    "sends Google Search in place of its tools": "发送的是 Google 搜索，而不是它自己的工具",
    "edits files by its answer's text, without tools": "通过回答文本修改文件，不使用工具",
    "reads past `response.failed`, and hands on half an answer as if it were whole":
      "忽略 `response.failed`，把半个回答当作完整回答交出",
    "reads past the error event, and hands on half an answer as if it were whole":
      "忽略错误事件，把半个回答当作完整回答交出",
    "by Responses (`openai/responses/MODEL`) tell it of the model with `litellm.register_model`. It streams only models that it knows, and of the others it doubles the arguments of calls.":
      "使用 Responses（`openai/responses/MODEL`）时，请先用 `litellm.register_model` 登记模型。它只对认识的模型使用流式，其他模型的工具调用参数会重复。",
  },
  remark: (title, text) => `${title}：${text}`,
  packages: "软件包",
  known: "历史记录中的名称",
  absent: "未收录",
  absentWhy: "无法安装或无法指向网关的客户端，附安装程序的原话：",
  amp: "- **Amp** 只与其厂商自己的服务器通信；地址可以修改，但其协议不是模型协议。",
};
