import type { Client } from '@temporalio/client';
import type { MongoClient } from 'mongodb';
import type { LoopwrightClient } from '../client';
import type { Stores } from '../stores';

/** What an operator command works with. */
export interface OperatorContext {
  readonly client: LoopwrightClient;
  readonly temporal: Client;
  readonly stores: Stores;
  readonly mongo: MongoClient;
}
