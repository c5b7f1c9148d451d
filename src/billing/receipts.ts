import type { Awaitable } from "../base/awaitable.ts";
import type { Clock } from "../base/clock.ts";
import { secretBox } from "../base/secret-box.ts";
import type { RequestRecord } from "../core/request-record.ts";
import type { ListedPrice } from "./explain-charge.ts";
import { type ReceiptFacts, receiptOf } from "./receipt.ts";
import { newReceiptKey, type SignedReceipt, signReceipt } from "./receipt-signature.ts";
import type { ReceiptStore } from "./receipt-store.ts";

export interface ReceiptsOptions {
  readonly store: ReceiptStore;
  readonly findRecord: (requestId: string) => Awaitable<RequestRecord | undefined>;
  /** The currency that the account is shown besides USD, with its rate at a moment. */
  readonly shownTo: (accountId: string, at: number) => Awaitable<ReceiptFacts["shown"]>;
  /** A stored price list, as far as it concerns requests of one model. */
  readonly readPrices: (content: string, model: string) => ListedPrice;
  readonly accountName: (accountId: string) => Awaitable<string | undefined>;
  /** Everything acknowledged is in the tables when it resolves. */
  readonly flush: () => Promise<void>;
  readonly secret: string;
  readonly clock: Clock;
}

/** Receipts of requests, signed. */
export interface Receipts {
  /** Undefined where there is no such request, or where it is of another account than `accountId`. */
  issue(requestId: string, accountId?: string): Promise<SignedReceipt | undefined>;
  /** Every key that ever signed, the newest first; to be published. */
  publicKeys(): Promise<object>;
}

/** A request's id as clients and operators write it, in 32 hexadecimal digits; undefined where it is none. */
export function readRequestId(text: string): string | undefined {
  const plain = text.replace(/^req_/, "").replaceAll("-", "").toLowerCase();
  return /^[0-9a-f]{32}$/.test(plain) ? plain : undefined;
}

interface Signer {
  readonly kid: string;
  readonly privateKey: Uint8Array;
}

/** Opens the newest key, or makes one where there is none or the secret is another. */
async function openSigner({ store, secret, clock }: ReceiptsOptions): Promise<Signer> {
  const box = secretBox(secret, "receipts");
  for (const { publicKey, sealed } of await store.keys()) {
    const privateKey = box.open(sealed, publicKey.kid);
    if (privateKey) return { kid: publicKey.kid, privateKey };
  }
  const { publicKey, privateKey } = newReceiptKey();
  await store.addKey({ publicKey, sealed: box.seal(privateKey, publicKey.kid), since: clock.now() });
  return { kid: publicKey.kid, privateKey };
}

export function signedReceipts(options: ReceiptsOptions): Receipts {
  const { store, findRecord, readPrices, accountName, shownTo, flush } = options;
  let opening: Promise<Signer> | undefined;

  function signer(): Promise<Signer> {
    opening ??= openSigner(options).catch((cause) => {
      opening = undefined;
      throw cause;
    });
    return opening;
  }

  return {
    async issue(requestId, accountId) {
      await flush();
      const record = await findRecord(requestId);
      if (!record || (accountId !== undefined && record.accountId !== accountId)) return undefined;
      const prices = await store.prices(record.priceVersion);
      const receipt = receiptOf({
        record,
        account: (await accountName(record.accountId)) ?? "",
        legs: await store.legs(requestId),
        transfers: await store.transfers(requestId),
        prices: prices && { ...prices, listed: readPrices(prices.content, record.model) },
        shown: await shownTo(record.accountId, record.at),
      });
      const { kid, privateKey } = await signer();
      return signReceipt(receipt, kid, privateKey);
    },
    async publicKeys() {
      await signer();
      const keys = await store.keys();
      return {
        keys: keys.map(({ publicKey, since }) => ({
          ...publicKey,
          alg: "EdDSA",
          use: "sig",
          since: new Date(since).toISOString(),
        })),
      };
    },
  };
}
