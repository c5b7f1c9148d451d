import type { Meta as MetaContract } from "../../../src/control/contract/meta.ts";

/** The shapes of the management API, as its contract declares them. */

export type Role = "owner" | "admin" | "developer" | "billing" | "viewer";

export interface MyAccount {
  readonly id: string;
  readonly name: string;
  readonly display_name: string;
  readonly role: Role;
  readonly monthly_cap_nanos: string | null;
}

export interface Me {
  readonly user: {
    readonly id: string;
    readonly email: string;
    readonly email_verified: boolean;
    readonly phone: string | null;
    readonly display_name: string;
    readonly locale: string | null;
    readonly operator: boolean;
    readonly has_password: boolean;
    readonly totp: boolean;
    readonly recovery_codes_left: number;
    readonly passkeys: number;
    readonly identities: readonly ("github" | "google")[];
    readonly created_at: string;
  };
  readonly session: { readonly id: string; readonly created_at: string; readonly expires_at: string };
  readonly accounts: readonly MyAccount[];
  readonly missing: readonly "phone"[];
}

export type SignIn =
  | { readonly status: "signed_in"; readonly me: Me }
  | {
      readonly status: "second_factor";
      readonly challenge: string;
      readonly methods: readonly ("totp" | "recovery_code")[];
    }
  | {
      readonly status: "verify_email";
      readonly challenge: string;
      readonly email: string;
      readonly resend_after_s: number;
    };

export interface CodeSent {
  readonly challenge: string;
  readonly resend_after_s: number;
  readonly expires_at: string;
}

/** What this installation is; sign-up and sign-in come with the accounts. */
export interface Meta extends MetaContract {
  readonly sign_up?: {
    readonly mode: "open" | "invitation" | "closed";
    readonly phone: "required" | "optional" | "off";
  };
  readonly sign_in?: {
    readonly password: boolean;
    readonly passkey: boolean;
    readonly github: boolean;
    readonly google: boolean;
  };
}
