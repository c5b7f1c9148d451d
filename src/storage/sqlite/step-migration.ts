/** How far changes of data in the background have come. */
export const STEP_STATES = `
  CREATE TABLE data_step (
    name TEXT PRIMARY KEY, position TEXT NOT NULL, rows INTEGER NOT NULL, done INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;
