export const ROLES = ["owner", "admin", "developer", "billing", "viewer"] as const;
/** What a member may be in an account. */
export type Role = (typeof ROLES)[number];
