import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** One value of a metric, with the labels that tell it from the others: ids, kinds and codes, never what a record says. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A figure that the store knows of all connections, and what it means. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** What a monitoring system is told of the store. */
export interface MetricStore {
  /** Reads every metric anew, one after the other on one connection, since nobody waits for them. */
  read(): Promise<Metric[]>;
}

/** Builds the metrics of the store. */
export function createMetricStore(db: Db): MetricStore {
  return {
    read: () =>
      db.connection().execute(async (connection) => {
        const metrics: Metric[] = [];
        for (const { name, help, query } of METRICS) {
          const { rows } = await sql.raw<Row>(query).execute(connection);
          metrics.push({ name, help, samples: rows.map(toSample) });
        }
        return metrics;
      }),
  };
}

type Row = Readonly<Record<string, string | number>> & { readonly value: number };

function toSample({ value, ...labels }: Row): Sample {
  return {
    labels: Object.fromEntries(Object.entries(labels).map(([label, text]) => [label, String(text)])),
    value,
  };
}

const OUTCOMES = ['created', 'updated', 'adopted', 'unchanged', 'skipped', 'rejected'];

/** A sum over all that is kept would fall when old runs go, which reads as a restart: what adds up is told for one day. */
const DAY = `> now() - interval '1 day'`;

/** Each query answers the labels as columns, and `value`. All are gauges: any api process answers the same. */
const METRICS: readonly { readonly name: string; readonly help: string; readonly query: string }[] = [
  {
    name: 'connection_state',
    help: '1 for the state that a connection is in',
    query: 'select id as connection, state, 1 as value from connections order by id',
  },
  {
    name: 'records',
    help: 'Accounts and contacts by the outcome of the last run that read them',
    query: `select connection_id as connection, kind, coalesce(state, 'none') as state, count(*) as value
      from records group by 1, 2, 3 order by 1, 2, 3`,
  },
  {
    name: 'rejections_open',
    help: 'Records that are rejected, by the code under which the runbook says what to do',
    query: `select connection_id as connection, kind, coalesce(code, 'none') as code, count(*) as value
      from records where state = 'rejected' group by 1, 2, 3 order by 1, 2, 3`,
  },
  {
    name: 'last_good_run_age_seconds',
    help: 'Since the last completed master sync of the whole connection; before the first, since the connection was made',
    query: `select c.id as connection, extract(epoch from now() - coalesce(max(r.finished_at), c.created_at))::float8 as value
      from connections c left join runs r on r.connection_id = c.id and r.scope = 'master' and r.status = 'completed'
        and r.legal_entity is null
      group by c.id order by 1`,
  },
  {
    name: 'last_run_failed',
    help: '1 when the last master sync that ended has failed',
    query: `select distinct on (connection_id) connection_id as connection, (status = 'failed')::int as value
      from runs where scope = 'master' and status <> 'running' order by connection_id, started_at desc`,
  },
  {
    name: 'runs_last_day',
    help: 'Runs that began within a day',
    query: `select connection_id as connection, scope, status, count(*) as value
      from runs where started_at ${DAY} group by 1, 2, 3 order by 1, 2, 3`,
  },
  {
    name: 'run_records_last_day',
    help: 'What runs that began within a day did with the records that they read',
    query: `select r.connection_id as connection, p.kind, o.outcome, sum(o.counted)::bigint as value
      from runs r join run_phases p using (run_id),
        lateral (values ${OUTCOMES.map((outcome) => `('${outcome}', p.${outcome})`).join(', ')}) o (outcome, counted)
      where r.started_at ${DAY} group by 1, 2, 3 order by 1, 2, 3`,
  },
  {
    name: 'run_waited_seconds_last_day',
    help: 'How long runs that began within a day have waited for far systems that asked for it',
    query: `select connection_id as connection, sum(waited_ms)::float8 / 1000 as value
      from runs where started_at ${DAY} group by 1 order by 1`,
  },
  {
    name: 'requests_last_day',
    help: 'Requests to far systems by runs that began within a day',
    query: `select r.connection_id as connection, q.system, sum(q.requests)::bigint as value
      from runs r join run_requests q using (run_id) where r.started_at ${DAY} group by 1, 2 order by 1, 2`,
  },
  {
    name: 'requests_limited_last_day',
    help: 'Those of them that were answered with a rate limit (429, or 503 with Retry-After)',
    query: `select r.connection_id as connection, q.system, sum(q.limited)::bigint as value
      from runs r join run_requests q using (run_id) where r.started_at ${DAY} group by 1, 2 order by 1, 2`,
  },
  {
    name: 'events_last_day',
    help: 'Events that came in within a day, by what became of them at the door',
    query: `select connection_id as connection, source, verdict, count(*) as value
      from events where received_at ${DAY} group by 1, 2, 3 order by 1, 2, 3`,
  },
  {
    name: 'events_unfinished',
    help: 'Events of the last day that were accepted and have no outcome yet',
    query: `select connection_id as connection, source, count(*) as value
      from events where received_at ${DAY} and verdict = 'accepted' and outcome is null group by 1, 2 order by 1, 2`,
  },
  {
    name: 'events_unfinished_age_seconds',
    help: 'How long the oldest of these has waited for its effect',
    query: `select connection_id as connection, source, extract(epoch from now() - min(received_at))::float8 as value
      from events where received_at ${DAY} and verdict = 'accepted' and outcome is null group by 1, 2 order by 1, 2`,
  },
  {
    name: 'event_effect_seconds_last_day',
    help: 'From the arrival of an event of the last day to its outcome: half of them were quicker, and all but a hundredth',
    query: `select connection_id as connection, source, q.quantile, percentile_cont(q.at)
        within group (order by extract(epoch from ended_at - received_at))::float8 as value
      from events, (values ('0.5', 0.5), ('0.99', 0.99)) q (quantile, at)
      where received_at ${DAY} and ended_at is not null group by 1, 2, 3, q.at order by 1, 2, 3`,
  },
  {
    name: 'rate_gates_closed',
    help: 'Rate limits that are being waited out',
    query: `select connection_id as connection, system, split_part(bucket, ':', 1) as bucket, reason, count(*) as value
      from rate_gates where closed_until > now() group by 1, 2, 3, 4 order by 1, 2, 3, 4`,
  },
  {
    name: 'rate_gate_wait_seconds',
    help: 'What is left of the longest of these waits',
    query: `select connection_id as connection, system, extract(epoch from max(closed_until) - now())::float8 as value
      from rate_gates where closed_until > now() group by 1, 2 order by 1, 2`,
  },
  {
    name: 'annotation_problems',
    help: 'Accounts whose annotation could not be written in the ERP, by code',
    query: `select connection_id as connection, kind, problem_code as code, count(*) as value
      from account_support where problem_code is not null group by 1, 2, 3 order by 1, 2, 3`,
  },
];
