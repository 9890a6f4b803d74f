/** The receiver of alerts did not take one; the message holds neither its address nor what it answered. */
export class AlertNotTaken extends Error {
  override readonly name = 'AlertNotTaken';
}
