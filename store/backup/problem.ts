/** A backup or a restore cannot be made; the message is for the person who asked for it, and says what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}
