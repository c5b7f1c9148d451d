/** Who sends a request: the key, its account, and the wallet that pays. */
export interface Principal {
  readonly keyId: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly walletId: string;
  readonly planId: string;
}
