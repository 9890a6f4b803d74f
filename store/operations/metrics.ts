import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** One value of a metric with its labels. Labels are ids, kinds and codes, never the content of a record. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric with its samples for all connections. `help` says what it measures. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** The metrics that are computed from the database. */
export interface MetricStore {
  /** Computes all metrics, one after the other, so that a scrape occupies one database connection only. */
  read(): Promise<Metric[]>;
}

/** Creates the store of metrics. */
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

/** Sums cover one day: a sum over all rows would drop when old runs are deleted, which looks like a restart. */
const DAY = `> now() - interval '1 day'`;

/**
 * Each query returns the labels as columns, and `value`. All metrics are gauges, and every api process returns the
 * same.
 */
const METRICS: readonly { readonly name: string; readonly help: string; readonly query: string }[] = [
  {
    name: 'connection_state',
    help: '1 for the current state of a connection',
    query: 'select id as connection, state, 1 as value from connections order by id',
  },
  {
    name: 'refusals_unconfirmed',
    help: 'Refused requests by system that are not confirmed yet; a confirmed one is an alert',
    query: `select connection_id as connection, credential as system, count(*) as value
      from refusals where not is_confirmed group by 1, 2 order by 1, 2`,
  },
  {
    name: 'records',
    help: 'Accounts and contacts by the outcome of the last run that read them, or gone if the last reading lacked them',
    query: `select connection_id as connection, kind, coalesce(case when present then state else 'gone' end, 'none') as state,
        count(*) as value
      from records group by 1, 2, 3 order by 1, 2, 3`,
  },
  {
    name: 'rejections_open',
    help: 'Rejected records by code; the runbook says what to do about each code',
    query: `select connection_id as connection, kind, coalesce(code, 'none') as code, count(*) as value
      from records where state = 'rejected' and present group by 1, 2, 3 order by 1, 2, 3`,
  },
  {
    name: 'last_good_run_age_seconds',
    help: 'Time since the last completed sync of all legal entities, or since the connection was created',
    query: `select c.id as connection, extract(epoch from now() - coalesce(max(r.finished_at), c.created_at))::float8 as value
      from connections c left join runs r on r.connection_id = c.id and r.scope = 'master' and r.status = 'completed'
        and r.legal_entity is null
      group by c.id order by 1`,
  },
  {
    name: 'last_run_failed',
    help: '1 if the most recently ended sync has failed',
    query: `select distinct on (connection_id) connection_id as connection, (status = 'failed')::int as value
      from runs where scope = 'master' and status <> 'running' order by connection_id, started_at desc`,
  },
  {
    name: 'sync_held',
    help: '1 for a connection whose last sync wrote nothing, because a person must approve it',
    query: `select connection_id as connection, 1 as value from health_problems where subject = 'held' order by 1`,
  },
  {
    name: 'runs_last_day',
    help: 'Runs started within the last day, by scope and status',
    query: `select connection_id as connection, scope, status, count(*) as value
      from runs where started_at ${DAY} group by 1, 2, 3 order by 1, 2, 3`,
  },
  {
    name: 'run_records_last_day',
    help: 'Records read by runs started within the last day, by outcome',
    query: `select r.connection_id as connection, p.kind, o.outcome, sum(o.counted)::bigint as value
      from runs r join run_phases p using (run_id),
        lateral (values ${OUTCOMES.map((outcome) => `('${outcome}', p.${outcome})`).join(', ')}) o (outcome, counted)
      where r.started_at ${DAY} group by 1, 2, 3 order by 1, 2, 3`,
  },
  {
    name: 'run_waited_seconds_last_day',
    help: 'Time that runs started within the last day spent waiting because a remote system asked for it',
    query: `select connection_id as connection, sum(waited_ms)::float8 / 1000 as value
      from runs where started_at ${DAY} group by 1 order by 1`,
  },
  {
    name: 'requests_last_day',
    help: 'Requests to remote systems by runs started within the last day',
    query: `select r.connection_id as connection, q.system, sum(q.requests)::bigint as value
      from runs r join run_requests q using (run_id) where r.started_at ${DAY} group by 1, 2 order by 1, 2`,
  },
  {
    name: 'requests_limited_last_day',
    help: 'Requests by runs started within the last day that were answered with a rate limit (429, or 503 with Retry-After)',
    query: `select r.connection_id as connection, q.system, sum(q.limited)::bigint as value
      from runs r join run_requests q using (run_id) where r.started_at ${DAY} group by 1, 2 order by 1, 2`,
  },
  {
    name: 'events_last_day',
    help: 'Events received within the last day, by whether they were accepted, refused or duplicates',
    query: `select connection_id as connection, source, verdict, count(*) as value
      from events where received_at ${DAY} group by 1, 2, 3 order by 1, 2, 3`,
  },
  {
    name: 'events_unfinished',
    help: 'Events accepted within the last day that have no outcome yet',
    query: `select connection_id as connection, source, count(*) as value
      from events where received_at ${DAY} and verdict = 'accepted' and outcome is null group by 1, 2 order by 1, 2`,
  },
  {
    name: 'events_unfinished_age_seconds',
    help: 'Age of the oldest accepted event of the last day that has no outcome yet',
    query: `select connection_id as connection, source, extract(epoch from now() - min(received_at))::float8 as value
      from events where received_at ${DAY} and verdict = 'accepted' and outcome is null group by 1, 2 order by 1, 2`,
  },
  {
    name: 'event_effect_seconds_last_day',
    help: 'Time from the arrival of an event to its outcome within the last day: median and 99th percentile',
    query: `select connection_id as connection, source, q.quantile, percentile_cont(q.at)
        within group (order by extract(epoch from ended_at - received_at))::float8 as value
      from events, (values ('0.5', 0.5), ('0.99', 0.99)) q (quantile, at)
      where received_at ${DAY} and ended_at is not null group by 1, 2, 3, q.at order by 1, 2, 3`,
  },
  {
    name: 'rate_gates_closed',
    help: 'Closed rate gates',
    query: `select connection_id as connection, system, split_part(bucket, ':', 1) as bucket, reason, count(*) as value
      from rate_gates where closed_until > now() group by 1, 2, 3, 4 order by 1, 2, 3, 4`,
  },
  {
    name: 'rate_gate_wait_seconds',
    help: 'Longest remaining time until a closed rate gate opens',
    query: `select connection_id as connection, system, extract(epoch from max(closed_until) - now())::float8 as value
      from rate_gates where closed_until > now() group by 1, 2 order by 1, 2`,
  },
  {
    name: 'annotation_problems',
    help: 'Accounts whose annotation could not be written to the ERP, by code',
    query: `select connection_id as connection, kind, problem_code as code, count(*) as value
      from account_support where problem_code is not null group by 1, 2, 3 order by 1, 2, 3`,
  },
];
