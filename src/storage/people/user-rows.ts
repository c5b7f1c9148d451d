import type { User } from "../../accounts/people/user.ts";
import { timeOf } from "./steps.ts";

export interface StoredUser {
  readonly user_id: string;
  readonly email: string;
  readonly email_verified_at: bigint | null;
  readonly password_hash: string | null;
  readonly phone: string | null;
  readonly phone_verified_at: bigint | null;
  readonly display_name: string;
  readonly locale: string | null;
  readonly operator: bigint;
  readonly created_at: bigint;
  readonly disabled_at: bigint | null;
}

export const USER_COLUMNS = `u.user_id, u.email, u.email_verified_at, u.password_hash, u.phone, u.phone_verified_at,
  u.display_name, u.locale, u.operator, u.created_at, u.disabled_at`;

export function userOf(row: StoredUser): User {
  return {
    userId: row.user_id,
    email: row.email,
    emailVerifiedAt: timeOf(row.email_verified_at),
    passwordHash: row.password_hash ?? undefined,
    phone: row.phone ?? undefined,
    phoneVerifiedAt: timeOf(row.phone_verified_at),
    displayName: row.display_name,
    locale: row.locale ?? undefined,
    operator: row.operator === 1n,
    createdAt: Number(row.created_at),
    disabledAt: timeOf(row.disabled_at),
  };
}
