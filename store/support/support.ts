import { sql } from 'kysely';
import type { RecordKey } from '../../domain/sync/record.ts';
import type { SupportLoad } from '../../domain/support/support-load.ts';
import type { SupportStatus } from '../../domain/support/support-status.ts';
import type { SupportTicket } from '../../domain/support/support-ticket.ts';
import type { Db } from '../database.ts';

/** An account with its organization, its tickets and its annotation. */
export interface SupportedAccount {
  readonly account: RecordKey;
  readonly organizationId: string;
  readonly tickets: readonly SupportTicket[];
  /** The lines as they were last written, joined by line feeds; null before the first write. */
  readonly written: string | null;
}

/** The support load of an account and the status that follows from it. */
export interface ComputedSupport {
  readonly load: SupportLoad;
  readonly status: SupportStatus;
}

/** The listed support of an account. Times are ISO-8601 UTC. */
export interface SupportReport extends Omit<SupportLoad, 'satisfaction'> {
  readonly legalEntity: string;
  readonly kind: string;
  readonly key: string;
  readonly zendeskId: string | null;
  readonly satisfaction: SupportLoad['satisfaction'];
  readonly status: SupportStatus;
  readonly computedAt: string;
  readonly writtenAt: string | null;
  readonly written: string | null;
  readonly problem: { readonly code: string; readonly message: string } | null;
}

/** The support of accounts, as last computed and as last written to the ERP. */
export interface SupportStore {
  /** Returns an account; undefined when it is not linked to an organization. */
  account(connectionId: string, key: RecordKey): Promise<SupportedAccount | undefined>;
  /** Returns linked accounts that have tickets or had an annotation, by organization id after `after`. */
  page(connectionId: string, page: { after: string; limit: number }): Promise<SupportedAccount[]>;
  /** Saves what was computed and written. `written` is undefined when nothing had to be written. */
  save(
    connectionId: string,
    key: RecordKey,
    at: { computed: ComputedSupport; written?: string | undefined; problem?: { code: string; message: string } | null },
  ): Promise<void>;
  /** Returns the distinct messages of the problems with this code at linked accounts. */
  problems(connectionId: string, code: string): Promise<string[]>;
  /** Returns the support of the accounts, the last computed first. */
  list(connectionId: string, limit: number | undefined): Promise<{ items: SupportReport[]; total: number }>;
}

/** Creates the store of the support of accounts. */
export function createSupportStore(db: Db): SupportStore {
  return {
    async account(connectionId, { legalEntity, kind, key }) {
      const isIt = sql`a.legal_entity = ${legalEntity} and a.kind = ${kind} and a.key = ${key} and a.zendesk_id is not null`;
      return (await supported(db, connectionId, isIt))[0];
    },
    page: (connectionId, { after, limit }) =>
      supported(
        db,
        connectionId,
        sql`a.target = 'organization' and a.zendesk_id > ${after} and (w.key is not null or exists (select from tickets t
          where t.connection_id = a.connection_id and t.organization_id = a.zendesk_id)) order by a.zendesk_id limit ${limit}`,
      ),
    async save(connectionId, { legalEntity, kind, key }, { computed, written, problem = null }) {
      await sql`insert into account_support as s (connection_id, legal_entity, kind, key, load, status, computed_at, written,
          written_at, problem_code, problem_message)
        values (${connectionId}, ${legalEntity}, ${kind}, ${key}, ${JSON.stringify(computed.load)}, ${computed.status}, now(),
          ${written ?? null}, case when ${written ?? null}::text is not null then now() end, ${problem?.code ?? null},
          ${problem?.message ?? null})
        on conflict (connection_id, legal_entity, kind, key) do update set load = excluded.load, status = excluded.status,
          computed_at = excluded.computed_at, written = coalesce(excluded.written, s.written),
          written_at = coalesce(excluded.written_at, s.written_at), problem_code = excluded.problem_code,
          problem_message = excluded.problem_message`.execute(db);
    },
    async problems(connectionId, code) {
      const { rows } = await sql<{ message: string }>`select distinct w.problem_message as message
        from account_support w join records a using (connection_id, legal_entity, kind, key)
        where w.connection_id = ${connectionId} and w.problem_code = ${code} and a.zendesk_id is not null
        order by message`.execute(db);
      return rows.map(({ message }) => message);
    },
    list: (connectionId, limit) => list(db, connectionId, limit),
  };
}

interface RawAccount {
  readonly legalEntity: string;
  readonly kind: string;
  readonly key: string;
  readonly organizationId: string;
  readonly written: string | null;
  readonly tickets: readonly SupportTicket[] | null;
}

async function supported(db: Db, connectionId: string, condition: ReturnType<typeof sql>): Promise<SupportedAccount[]> {
  const { rows } = await sql<RawAccount>`select a.legal_entity as "legalEntity", a.kind, a.key,
      a.zendesk_id as "organizationId", w.written, (select jsonb_agg(jsonb_build_object('id', t.zendesk_id,
        'organizationId', t.organization_id, 'requesterId', t.requester_id, 'status', t.status, 'priority', t.priority,
        'satisfaction', t.satisfaction, 'createdAt', to_char(t.created_at at time zone 'utc', ${ISO}),
        'updatedAt', to_char(t.updated_at at time zone 'utc', ${ISO}), 'solvedAt', null))
        from tickets t where t.connection_id = a.connection_id and t.organization_id = a.zendesk_id) as tickets
    from records a left join account_support w on w.connection_id = a.connection_id and w.legal_entity = a.legal_entity
      and w.kind = a.kind and w.key = a.key
    where a.connection_id = ${connectionId} and ${condition}`.execute(db);
  return rows.map(({ legalEntity, kind, key, organizationId, written, tickets }) => ({
    account: { legalEntity, kind, key },
    organizationId,
    written,
    tickets: tickets ?? [],
  }));
}

const ISO = 'YYYY-MM-DD"T"HH24:MI:SS"Z"';

async function list(
  db: Db,
  connectionId: string,
  limit: number | undefined,
): Promise<{ items: SupportReport[]; total: number }> {
  const all = db.selectFrom('account_support as s').where('s.connection_id', '=', connectionId);
  const { total } = await all.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  const newest = all
    .innerJoin('records as a', (join) =>
      join
        .onRef('a.connection_id', '=', 's.connection_id')
        .onRef('a.legal_entity', '=', 's.legal_entity')
        .onRef('a.kind', '=', 's.kind')
        .onRef('a.key', '=', 's.key'),
    )
    .selectAll('s')
    .select('a.zendesk_id')
    .orderBy('s.computed_at', 'desc')
    .orderBy('s.key');
  const rows = await (limit === undefined ? newest : newest.limit(limit)).execute();
  const items = rows.map((row) => ({
    ...row.load,
    legalEntity: row.legal_entity,
    kind: row.kind,
    key: row.key,
    zendeskId: row.zendesk_id,
    status: row.status,
    computedAt: row.computed_at.toISOString(),
    writtenAt: row.written_at?.toISOString() ?? null,
    written: row.written,
    problem: row.problem_code === null ? null : { code: row.problem_code, message: row.problem_message ?? '' },
  }));
  return { items, total };
}
