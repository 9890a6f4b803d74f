import type { ZendeskState } from '../zendesk/state.ts';
import { HELP_DESK_ORGANIZATIONS } from './help-desk-organizations.ts';

const STATUSES = ['new', 'open', 'pending', 'hold', 'solved', 'closed'];
const PRIORITIES = ['low', 'normal', 'high', 'urgent', null];
const SUBJECTS = [
  'Pallet arrived damaged',
  'Wrong invoice address',
  'Where is my order?',
  'Return label',
  'Price list',
];
const TICKETS = 60;
const DAY_MS = 86_400_000;

/**
 * Fills Zendesk with organizations that agents created, a few users and 60 tickets. All times are in the year before
 * `now`.
 */
export function seedHelpDesk(state: ZendeskState, now: Date): void {
  const daysAgo = (days: number): string =>
    new Date(now.getTime() - days * DAY_MS).toISOString().replace(/\.\d+Z$/, 'Z');
  const agents = ['Robin Agent', 'Sam Agent'].map(
    (name) =>
      state.seedUser({
        name,
        email: `${name.split(' ')[0]?.toLowerCase() ?? ''}@helpdesk.example`,
        role: 'agent',
        verified: true,
      }).id,
  );
  const requesters = HELP_DESK_ORGANIZATIONS.flatMap((draft, index) => {
    const { id } = state.seedOrganization({
      ...draft,
      created_at: daysAgo(400 - index),
      updated_at: daysAgo(30 + index),
    });
    return ['Kim', 'Lee'].map((given) => {
      const email = `${given.toLowerCase()}${index}@desk${index}.example`;
      return state.seedUser({ name: `${given} Caller ${index}`, email, organization_id: id, verified: true }).id;
    });
  });
  for (let nth = 0; nth < TICKETS; nth += 1) {
    const status = STATUSES[(nth + Math.floor(nth / requesters.length)) % STATUSES.length];
    state.seedTicket({
      subject: SUBJECTS[nth % SUBJECTS.length],
      comment: { body: `${SUBJECTS[nth % SUBJECTS.length] ?? ''} (case ${nth + 1})` },
      requester_id: requesters[nth % requesters.length],
      assignee_id: status === 'new' ? null : agents[nth % agents.length],
      status,
      priority: PRIORITIES[nth % PRIORITIES.length],
      satisfaction: status === 'solved' ? (nth % 4 === 0 ? 'bad' : 'good') : null,
      created_at: daysAgo(90 - nth),
      updated_at: daysAgo(Math.max(1, 60 - nth)),
    });
  }
}
