import type { z } from "@hono/zod-openapi";
import type { Caller, UserCaller } from "../../accounts/caller.ts";
import type { AccountRow } from "../../accounts/directory.ts";
import type { AccountPermission, OperatorPermission } from "../../accounts/permissions.ts";
import type { HttpDeps } from "./deps.ts";
import type { ErrorCode } from "./http-error.ts";

/** What a write leaves in the audit: never a secret. */
export interface AuditNote {
  readonly target?: string | undefined;
  readonly before?: object | undefined;
  readonly after?: object | undefined;
  /** Where the path does not name it. */
  readonly accountId?: string | undefined;
  /** Where the request began without one, as a sign-in does. */
  readonly actor?: string | undefined;
}

/** One request to a route, checked: who, on which account, with what. */
export interface Call<Params, Query, Body, Who, Account> {
  readonly deps: HttpDeps;
  readonly caller: Who;
  readonly account: Account;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly request: Request;
  /** Where the request comes from, behind trusted proxies too; undefined: not known. */
  readonly address: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Says what the audit's row of this write is to tell besides who and when. */
  readonly note: (note: AuditNote) => void;
  /** Headers of the answer besides its own, such as cookies. */
  readonly headers: Headers;
}

type Fields = Readonly<Record<string, z.ZodType>>;
type FieldsOut<Shape extends Fields> = { readonly [Name in keyof Shape]: z.output<Shape[Name]> };

interface Terms {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** Below /console/api/v1, with parameters as `{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  /** Absent: 200. */
  readonly status?: 200 | 201 | 202;
  /** Where the answer can be something else than JSON: its media types. The handler gives a Response then. */
  readonly media?: readonly string[];
  /** What can go wrong besides who calls and what is sent. */
  readonly errors?: readonly ErrorCode[];
  /** The name of the write in the audit; false: it leaves no row. Reads have none. */
  readonly audit?: string | false;
}

interface Schemas<P extends Fields, Q extends Fields, B extends z.ZodType, A extends z.ZodType> {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly answer: A;
}

type Answering<A extends z.ZodType> = Promise<z.input<A> | Response> | z.input<A> | Response;

type Spec<
  P extends Fields,
  Q extends Fields,
  B extends z.ZodType,
  A extends z.ZodType,
  Who,
  Account,
> = Terms &
  Schemas<P, Q, B, A> & {
    readonly handle: (call: Call<FieldsOut<P>, FieldsOut<Q>, z.output<B>, Who, Account>) => Answering<A>;
  };

/** anyone · a user with a session · a member or a token with a permission in the account · an operator. */
export type Requirement = "anyone" | "session" | AccountPermission | OperatorPermission;

/** A route as the table has it: what is to be checked, and what runs then. */
export interface Route extends Terms, Schemas<Fields, Fields, z.ZodType, z.ZodType> {
  readonly area: string;
  readonly requires: Requirement;
  /** Whether its path begins with the account. */
  readonly inAccount: boolean;
  readonly handle: (call: never) => unknown;
}

type NoFields = Readonly<Record<never, z.ZodType>>;
type NoBody = z.ZodUndefined;

/** The routes of one area, a tag in the documents. */
export function areaOf(area: string) {
  return {
    /** For everybody, signed in or not. */
    open<
      A extends z.ZodType,
      P extends Fields = NoFields,
      Q extends Fields = NoFields,
      B extends z.ZodType = NoBody,
    >(spec: Spec<P, Q, B, A, Caller | undefined, undefined>): Route {
      return { ...spec, area, requires: "anyone", inAccount: false };
    },
    /** For a person with a session, about the person. */
    session<
      A extends z.ZodType,
      P extends Fields = NoFields,
      Q extends Fields = NoFields,
      B extends z.ZodType = NoBody,
    >(spec: Spec<P, Q, B, A, UserCaller, undefined>): Route {
      return { ...spec, area, requires: "session", inAccount: false };
    },
    /** About one account: its path goes on behind `/accounts/{account}`. */
    account<
      A extends z.ZodType,
      P extends Fields = NoFields,
      Q extends Fields = NoFields,
      B extends z.ZodType = NoBody,
    >(spec: Spec<P, Q, B, A, Caller, AccountRow> & { readonly requires: AccountPermission }): Route {
      return { ...spec, path: `/accounts/{account}${spec.path}`, area, inAccount: true };
    },
    /** About the installation: its path goes on behind `/operator`. */
    operator<
      A extends z.ZodType,
      P extends Fields = NoFields,
      Q extends Fields = NoFields,
      B extends z.ZodType = NoBody,
    >(spec: Spec<P, Q, B, A, Caller, undefined> & { readonly requires: OperatorPermission }): Route {
      return { ...spec, path: `/operator${spec.path}`, area, inAccount: false };
    },
  };
}
