/** Tokens in disjoint kinds. */
export type Units = Readonly<Record<string, number>>;

/** Nanos for a million tokens of each kind. */
export type Rates = Readonly<Record<string, bigint>>;

export interface PriceList {
  readonly rates: Rates;
  /** Rates of a request with more input than the bound; ascending. */
  readonly tiers: readonly { readonly aboveInputTokens: number; readonly rates: Rates }[];
  readonly contextTokens: number;
}

/** What both sides of one request saw of it. */
export interface RequestSeen {
  readonly number: number;
  /** 32 hexadecimal digits; undefined when the client got no head. */
  readonly id: string | undefined;
  readonly end: "finished" | "told" | "cut" | "left";
  readonly stream: boolean;
  /** The upstream was to answer well. */
  readonly well: boolean;
  /** The request reached the upstream so often. */
  readonly arrivals: number;
  /** What the upstream reports at the end, and whether it got there. */
  readonly usage: Units;
  readonly reported: boolean;
  /** What it reports with its first event, where its protocol does. */
  readonly usageAtStart: Units | undefined;
  readonly bodyBytes: number;
  readonly outputTokensMax: number;
  /** Bytes of text that the client got, and that the upstream sent. */
  readonly textSeen: number;
  readonly textSent: number;
  readonly price: PriceList;
  /** The process was killed while, or shortly after, it ran. */
  readonly nearCrash: boolean;
}

/** A request's rows in the charge table, taken together. */
export interface ChargeSeen {
  readonly id: string;
  readonly amount: bigint;
  readonly priced: bigint;
  readonly states: readonly string[];
  readonly legs: readonly number[];
  /** Of the deciding leg. */
  readonly usage: Units;
}
