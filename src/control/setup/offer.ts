import type { WireProtocol } from "../../core/protocol.ts";

/** A model as far as setups tell of it. */
export interface OfferedModel {
  readonly id: string;
  readonly displayName: string;
  readonly contextTokens: number;
  readonly outputTokensMax: number;
  readonly protocols: readonly WireProtocol[];
}

/** Where a kind of client finds the service; no trailing slash. */
export interface BaseUrls {
  readonly anthropic: string;
  /** With its version. */
  readonly openai: string;
  readonly gemini: string;
  readonly codex: string;
}

/** Another address of the same service. */
export interface OfferedHost {
  readonly origin: string;
  readonly region: string;
  /** City or purpose, for people. */
  readonly place: string;
}

/** What a gateway tells to those who set up a client for it: `GET /setup/offer.json`. */
export interface Offer {
  /** The service's name, one line. */
  readonly name: string;
  /** The same as letters, digits and dashes: providers, blocks and our own files are called so. */
  readonly slug: string;
  /** The variable in which clients keep the key. */
  readonly keyVariable: string;
  /** What keys begin with, for the prompt. */
  readonly keyPrefix: string;
  /** `https://host` that the base URLs begin with. */
  readonly origin: string;
  readonly baseUrls: BaseUrls;
  readonly hosts: readonly OfferedHost[];
  readonly models: readonly OfferedModel[];
  /** Whether models are told to keys alone, and none was sent. */
  readonly withheld: boolean;
}
