import type { Command } from './command.ts';
import { approve } from './commands/approve.ts';
import { audit } from './commands/audit.ts';
import { cancel } from './commands/cancel.ts';
import { codec } from './commands/codec.ts';
import { connectionApply } from './commands/connection-apply.ts';
import { connectionAuthorize } from './commands/connection-authorize.ts';
import { connectionList } from './commands/connection-list.ts';
import { connectionRemove } from './commands/connection-remove.ts';
import { connectionShow } from './commands/connection-show.ts';
import { connectionWire } from './commands/connection-wire.ts';
import { events } from './commands/events.ts';
import { keysRotate } from './commands/keys-rotate.ts';
import { ping } from './commands/ping.ts';
import { discard, plan, plans } from './commands/plans.ts';
import { preview } from './commands/preview.ts';
import { records } from './commands/records.ts';
import { retry } from './commands/retry.ts';
import { run } from './commands/run.ts';
import { runs } from './commands/runs.ts';
import { schedule } from './commands/schedule.ts';
import { support } from './commands/support.ts';
import { sync } from './commands/sync.ts';
import { tokenCreate, tokenList, tokenRevoke } from './commands/tokens.ts';

/**
 * All commands in the order of the usage. A group such as `connection` consists of all commands that start with its
 * word.
 */
export const COMMANDS: readonly Command[] = [
  connectionApply,
  connectionList,
  connectionShow,
  connectionRemove,
  connectionAuthorize,
  connectionWire,
  ping,
  preview,
  plans,
  plan,
  approve,
  discard,
  sync,
  runs,
  run,
  cancel,
  records,
  retry,
  events,
  support,
  schedule,
  keysRotate,
  codec,
  tokenCreate,
  tokenList,
  tokenRevoke,
  audit,
];
