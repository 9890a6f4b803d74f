const PREFIX = 'zen:event-type:';

const ORGANIZATION = 'created deleted name_changed external_id_changed tags_changed custom_field_changed';

const USER = `created deleted merged active_changed alias_changed custom_field_changed custom_role_changed
  default_group_changed details_changed external_id_changed group_membership_created group_membership_deleted
  identity_created identity_changed identity_deleted last_login_changed name_changed notes_changed
  only_private_comments_changed organization_membership_created organization_membership_deleted password_changed
  photo_changed role_changed suspended_changed tags_changed time_zone_changed`;

const TICKET = `created status_changed custom_status_changed priority_changed type_changed subject_changed
  description_changed comment_added comment_made_private organization_changed requester_changed
  agent_assignment_changed group_assignment_changed custom_field_changed tags_changed external_id_changed csat_received
  csat_requested merged marked_as_spam soft_deleted undeleted permanently_deleted submitter_changed form_changed
  brand_changed problem_link_changed next_sla_breach_changed email_ccs_changed followers_changed`;

const named = (resource: string, actions: string): string[] =>
  actions.split(/\s+/).map((action) => typeOf(resource, action));

/** The events that a webhook may subscribe to. There is no organization.updated and no user.email_changed. */
export const EVENT_TYPES: ReadonlySet<string> = new Set([
  ...named('organization', ORGANIZATION),
  ...named('user', USER),
  ...named('ticket', TICKET),
]);

/** Returns the name of an event, such as `zen:event-type:ticket.created`. */
export function typeOf(resource: string, action: string): string {
  return `${PREFIX}${resource}.${action}`;
}

/** Returns whether an event is about tickets. */
export function isTicketEvent(type: string): boolean {
  return type.startsWith(`${PREFIX}ticket.`);
}
