import { keyedHash } from "./challenges.ts";
import type { PeopleDeps } from "./deps.ts";
import { Refusal } from "./refusal.ts";
import type { AttemptRule } from "./store.ts";
import type { Origin } from "./user.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** How long after a code the next may be asked for. */
export const RESEND_MS = MINUTE_MS;

type Window = readonly [max: number, windowMs: number];

/** What is counted: of what kind, by what, and how many in which times. */
export interface Counting {
  readonly kind: string;
  readonly by: string;
  readonly value: string;
  readonly windows: readonly Window[];
}

function rulesOf(secret: string, countings: readonly Counting[]): AttemptRule[] {
  return countings.flatMap(({ kind, by, value, windows }) => {
    const target = keyedHash(secret, "attempt", `${by}:${value}`);
    return windows.map(([max, windowMs]) => ({ kind, target, max, windowMs }));
  });
}

type Counters = Pick<PeopleDeps, "store" | "secret" | "clock">;

/** Counts one attempt, or refuses it and counts nothing. @param why begins the refusal @throws Refusal (limited) */
export async function countAttempt(
  deps: Counters,
  countings: readonly Counting[],
  why = "Too many tries",
): Promise<void> {
  const waitMs = await deps.store.challenges.attempt(rulesOf(deps.secret, countings), deps.clock.now());
  if (waitMs === 0) return;
  const seconds = Math.ceil(waitMs / SECOND_MS);
  throw new Refusal("limited", `${why}; wait ${seconds} s and try again.`, { retryAfterMs: waitMs });
}

export async function forgiveAttempts(deps: Counters, countings: readonly Counting[]): Promise<void> {
  await deps.store.challenges.forgive(rulesOf(deps.secret, countings));
}

/** The network of an IPv6 address that one customer is given whole: its first 64 bits. */
function networkOf(address: string): string {
  const [head = "", tail] = address.split("::");
  const begin = head.split(":").filter((group) => group !== "");
  const end = (tail ?? "").split(":").filter((group) => group !== "");
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - begin.length - end.length }, () => "0");
  const groups = [...begin, ...zeros, ...end].slice(0, 4);
  return groups.map((group) => group.replace(/^0+(?=.)/, "").toLowerCase()).join(":");
}

/** Requests whose address is not known are counted as one address. */
function addressOf({ address = "unknown" }: Origin): string {
  return address.includes(":") ? networkOf(address) : address;
}

export function countTexts(
  phone: string,
  country: string,
  perCountryHour: number,
  origin: Origin,
): Counting[] {
  const kind = "text";
  return [
    {
      kind,
      by: "phone",
      value: phone,
      windows: [
        [1, RESEND_MS],
        [5, DAY_MS],
      ],
    },
    { kind, by: "address", value: addressOf(origin), windows: [[20, DAY_MS]] },
    { kind, by: "country", value: country, windows: [[perCountryHour, HOUR_MS]] },
  ];
}

export function countMails(email: string, origin: Origin): Counting[] {
  const kind = "mail";
  return [
    {
      kind,
      by: "email",
      value: email,
      windows: [
        [1, RESEND_MS],
        [10, DAY_MS],
      ],
    },
    { kind, by: "address", value: addressOf(origin), windows: [[60, DAY_MS]] },
  ];
}

export function countInvitations(accountId: string, email: string): Counting[] {
  const kind = "invitation";
  return [
    { kind, by: "account", value: accountId, windows: [[100, DAY_MS]] },
    { kind, by: "email", value: email, windows: [[10, DAY_MS]] },
  ];
}

/** What one person at one place tries; forgiven when it succeeds. */
export function countOwnSignIns(email: string, origin: Origin): Counting[] {
  const value = `${email} ${addressOf(origin)}`;
  const windows: Window[] = [
    [5, MINUTE_MS],
    [10, 10 * MINUTE_MS],
    [20, HOUR_MS],
    [60, DAY_MS],
  ];
  return [{ kind: "sign-in", by: "email and address", value, windows }];
}

/** What many try on one person, or one place on many. */
export function countSignIns(email: string, origin: Origin): Counting[] {
  const kind = "sign-in";
  return [
    ...countOwnSignIns(email, origin),
    { kind, by: "email", value: email, windows: [[60, HOUR_MS]] },
    {
      kind,
      by: "address",
      value: addressOf(origin),
      windows: [
        [30, MINUTE_MS],
        [300, HOUR_MS],
      ],
    },
  ];
}

export function countSignUps(origin: Origin): Counting[] {
  return [
    {
      kind: "sign-up",
      by: "address",
      value: addressOf(origin),
      windows: [
        [20, HOUR_MS],
        [60, DAY_MS],
      ],
    },
  ];
}

/** Trial keys that one address gets. */
export function countTrials(perDay: number, origin: Origin): Counting[] {
  return [{ kind: "trial-key", by: "address", value: addressOf(origin), windows: [[perDay, DAY_MS]] }];
}

/** Keys that are looked at without signing in. */
export function countProbes(origin: Origin): Counting[] {
  return [
    {
      kind: "probe",
      by: "address",
      value: addressOf(origin),
      windows: [
        [30, MINUTE_MS],
        [300, HOUR_MS],
      ],
    },
  ];
}

/** Second factors and passwords that a user is asked for again. */
export function countProofs(userId: string): Counting[] {
  return [
    {
      kind: "proof",
      by: "user",
      value: userId,
      windows: [
        [10, 10 * MINUTE_MS],
        [40, DAY_MS],
      ],
    },
  ];
}

/** Looks at a domain that an account wants to prove: who asks chooses whom we connect to. */
export function countDomainLooks(accountId: string, host: string): Counting[] {
  const kind = "domain-look";
  const windows: Window[] = [
    [6, MINUTE_MS],
    [30, HOUR_MS],
    [100, DAY_MS],
  ];
  return [
    { kind, by: "account", value: accountId, windows },
    { kind, by: "host", value: host, windows },
  ];
}
